import { cookies } from "next/headers";
import { checkPassword } from "../../lib/people.ts";
import { SESSION_COOKIE, issueSession } from "../../lib/sessions.ts";

/** Log in with the form of the login page, or out with that of the header. */
export async function POST(request: Request): Promise<Response> {
  // Another site must not log its visitors in here, or out.
  if (request.headers.get("sec-fetch-site") === "cross-site") return new Response(null, { status: 403 });
  const form = await request.formData();
  const jar = await cookies();
  if (form.has("logout")) {
    jar.delete(SESSION_COOKIE);
    return see("/login");
  }
  const person = checkPassword(form.get("email"), form.get("password"));
  if (person === null) return see("/login?refused");
  const { value, maxAge } = issueSession(person.email);
  // `secure` as well, where it is served over https.
  jar.set(SESSION_COOKIE, value, { httpOnly: true, sameSite: "lax", path: "/", maxAge });
  return see("/");
}

function see(location: string): Response {
  return new Response(null, { status: 303, headers: { location } });
}
