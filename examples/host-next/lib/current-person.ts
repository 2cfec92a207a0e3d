import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import type { Principal } from "@alga-ext/protocol";
import { SESSION_COOKIE, readSession } from "./sessions.ts";

/** Who asks for this page; whoever has no session is sent to the login. */
export async function currentPerson(): Promise<Principal> {
  const person = readSession((await cookies()).get(SESSION_COOKIE)?.value);
  if (person === null) redirect("/login");
  return person;
}
