import { request } from "./request.ts";

/** Who is logged in. */
export interface SessionUser {
  readonly name: string;
  readonly email: string;
  /** `client` is somebody of a client of the tenant: they have the portal instead of the shell. */
  readonly role: "admin" | "member" | "client";
  readonly tenantId: string;
  readonly tenantName: string;
  /** Of a `client`: whose they are. */
  readonly clientName: string | null;
}

/** Answer of `GET /api/session` to somebody who is logged in; else `user` is null. */
export interface Session {
  readonly user: SessionUser;
  /** Origin that serves extension UIs. */
  readonly runnerPublicBase: string;
}

/** A login offered on the login page. */
export interface DemoLogin {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly role: SessionUser["role"];
  readonly tenantName: string;
  readonly clientName: string | null;
}

/** A client of the demo's service desk. */
export interface Client {
  readonly id: string;
  readonly name: string;
}

/** Null when nobody is logged in. */
export async function readSession(): Promise<Session | null> {
  const session = await request<Session | { readonly user: null }>("GET", "/api/session");
  return session.user === null ? null : session;
}

/** The logins of the demo. */
export const listDemoUsers = (): Promise<readonly DemoLogin[]> => request("GET", "/api/demo-users");

/** Log in. */
export const login = (email: string, password: string): Promise<null> =>
  request("POST", "/login", { email, password });

/** Log out. */
export const logout = (): Promise<null> => request("POST", "/logout");

/** Clients of the tenant. */
export const listClients = (): Promise<readonly Client[]> => request("GET", "/api/clients");

/** Give a client another name; extensions that subscribe to `client.renamed` hear of it. */
export const renameClient = (id: string, name: string): Promise<Client> =>
  request("POST", "/api/clients/rename", { id, name });
