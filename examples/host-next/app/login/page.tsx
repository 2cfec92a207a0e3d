import type { Metadata } from "next";
import type { ReactElement } from "react";

export const metadata: Metadata = { title: "Sign in" };

/** The product's own login: an ordinary form, which works without JavaScript. */
export default async function LoginPage(props: PageProps<"/login">): Promise<ReactElement> {
  const isRefused = "refused" in (await props.searchParams);
  return (
    <main className="login">
      <h1>Sign in to Acme PSA</h1>
      {isRefused && (
        <p role="alert" className="problem">
          Wrong email or password.
        </p>
      )}
      <form method="post" action="/session">
        <label>
          Email
          <input name="email" type="email" autoComplete="username" required />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <button type="submit" className="primary">
          Sign in
        </button>
      </form>
      <p>
        A demo: <code>ada@acme.test</code>, <code>milo@acme.test</code> or <code>grace@globex.test</code>,
        password <code>demo-password</code>.
      </p>
    </main>
  );
}
