import { Alert, Badge, Button, Card, Input } from "@alga-ext/ui-kit";
import { useState, type FormEvent, type ReactElement } from "react";
import { listDemoUsers, login, type DemoLogin } from "../api/account.ts";
import { ApiError, messageOf } from "../api/request.ts";
import { ROLE_NAMES } from "../session.ts";
import { Brand } from "../shell/Brand.tsx";
import { ThemeToggle } from "../shell/ThemeToggle.tsx";
import { useLoaded } from "../useLoaded.ts";
import { useTitle } from "../useTitle.ts";

/** Sign in by form, or with one click as a demo user. */
export function LoginPage({ onSignedIn }: { readonly onSignedIn: () => Promise<void> }): ReactElement {
  useTitle("Sign in");
  const demo = useLoaded(listDemoUsers);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busyWith, setBusyWith] = useState<string | null>(null);

  async function signIn(withEmail: string, withPassword: string): Promise<void> {
    setError(null);
    setBusyWith(withEmail);
    try {
      await login(withEmail, withPassword);
      await onSignedIn();
    } catch (failure) {
      const isWrong = failure instanceof ApiError && failure.status === 401;
      setError(isWrong ? "Email or password is not right." : messageOf(failure));
      setBusyWith(null);
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    void signIn(email, password);
  }

  return (
    <main className="acme-login">
      <div className="acme-login__top">
        <Brand />
        <ThemeToggle />
      </div>
      <div className="acme-login__columns">
        <Card className="acme-login__card">
          <h1>Sign in to Acme PSA</h1>
          <p className="acme-muted">Tickets, clients and projects of your service desk.</p>
          {error !== null && <Alert tone="danger">{error}</Alert>}
          <form className="acme-form" onSubmit={submit}>
            <Input
              label="Email"
              type="email"
              autoComplete="username"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Input
              label="Password"
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button type="submit" size="lg" loading={busyWith !== null && busyWith === email}>
              Sign in
            </Button>
          </form>
        </Card>
        {demo.value !== null && demo.value.length > 0 && (
          <section className="acme-login__demo" aria-labelledby="demo-heading">
            <h2 id="demo-heading">Or look around as a demo user</h2>
            <p className="acme-muted">This is a reference deployment: everything in it is made up.</p>
            <ul>
              {demo.value.map((user) => (
                <li key={user.email}>
                  <DemoButton user={user} onPick={() => void signIn(user.email, user.password)} />
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </main>
  );
}

function DemoButton({
  user,
  onPick,
}: {
  readonly user: DemoLogin;
  readonly onPick: () => void;
}): ReactElement {
  return (
    <button type="button" className="acme-demo" onClick={onPick}>
      <span className="acme-demo__text">
        <span className="acme-demo__name">Sign in as {user.name}</span>
        <span className="acme-muted">{user.clientName ?? user.tenantName}</span>
      </span>
      <Badge tone={user.role === "admin" ? "info" : "default"}>{ROLE_NAMES[user.role]}</Badge>
    </button>
  );
}
