import { expect, test, vi } from "vitest";
import { createApp } from "./app.ts";
import type { Client } from "./clients.ts";
import { DEMO_USERS, toPrincipal, type DemoUser } from "./demo-users.ts";
import { createSessions } from "./sessions.ts";

const cleo = DEMO_USERS.find(({ role }) => role === "client")!;
const ada = DEMO_USERS.find(({ role }) => role === "admin")!;

/** The app, and a way to ask it as one of its users or as nobody. */
function anApp({ clients = [] }: { readonly clients?: readonly Client[] } = {}) {
  const sessions = createSessions(Buffer.alloc(32, 7));
  const shared = { registryId: "r1", label: "Agreements", contentHash: `sha256:${"0".repeat(64)}` };
  const portalExtensions = vi.fn(async () => [shared]);
  const app = createApp({
    sessions,
    clients: { list: () => clients, rename: async () => null },
    portalExtensions,
    publisherApiKey: "key-of-this-test",
    runnerPublicBase: "http://127.0.0.1:3001",
  });
  const request = (user: DemoUser | null, path: string, method = "GET"): Request =>
    new Request(`http://localhost:3000${path}`, {
      method,
      headers: user === null ? {} : { cookie: sessions.issue(user.email).split(";")[0]! },
    });
  return { app, request, shared, portalExtensions };
}

test("the portal user is a client of a tenant, and of the tenant's own nothing is theirs", async () => {
  expect(toPrincipal(cleo)).toMatchObject({
    tenantId: "acme",
    userType: "client",
    clientId: "client-1",
    clientName: "Northwind Traders",
    permissions: [],
  });
  expect(toPrincipal(ada)).toMatchObject({ userType: "internal", clientName: ada.tenantName });
  expect(toPrincipal(ada)).not.toHaveProperty("clientId");

  const { app, request } = anApp();
  const ask = (path: string, method?: string) => app.fetch(request(cleo, path, method));
  expect((await ask("/api/clients"))?.status).toBe(403);
  expect((await ask("/api/clients/rename", "POST"))?.status).toBe(403);
  expect(await app.authenticate(request(cleo, "/"))).toEqual(toPrincipal(cleo));
});

test("what clients may open is told to them, and to nobody else", async () => {
  const { app, request, shared, portalExtensions } = anApp();
  const statuses = [null, ada].map(async (user) => {
    return (await app.fetch(request(user, "/api/portal/extensions")))?.status;
  });
  expect(await Promise.all(statuses)).toEqual([401, 403]);
  expect(portalExtensions).not.toHaveBeenCalled();
  const answer = await app.fetch(request(cleo, "/api/portal/extensions?tenantId=globex"));
  expect(await answer?.json()).toEqual([shared]);
  expect(portalExtensions.mock.calls).toEqual([["acme"]]);
});

test("a client that was renamed is known by its new name", async () => {
  const { app, request } = anApp({ clients: [{ id: "client-1", name: "Northwind Ltd" }] });
  expect(await app.authenticate(request(cleo, "/"))).toMatchObject({
    clientId: "client-1",
    clientName: "Northwind Ltd",
  });
  const session = await app.fetch(request(cleo, "/api/session"));
  expect(await session?.json()).toMatchObject({ user: { role: "client", clientName: "Northwind Ltd" } });
  const own = await app.fetch(request(ada, "/api/session"));
  expect(await own?.json()).toMatchObject({ user: { clientName: null } });
});
