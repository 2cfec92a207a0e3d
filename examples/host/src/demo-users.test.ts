import { expect, test } from "vitest";
import { createApp } from "./app.ts";
import { DEMO_USERS, toPrincipal } from "./demo-users.ts";
import { createSessions } from "./sessions.ts";

test("the portal user is a client of a tenant, and of the tenant's own nothing is theirs", async () => {
  const cleo = DEMO_USERS.find(({ role }) => role === "client")!;
  expect(toPrincipal(cleo)).toMatchObject({
    tenantId: "acme",
    userType: "client",
    clientId: "client-1",
    clientName: "Northwind Traders",
    permissions: [],
  });
  const ada = DEMO_USERS.find(({ role }) => role === "admin")!;
  expect(toPrincipal(ada)).toMatchObject({ userType: "internal", clientName: ada.tenantName });
  expect(toPrincipal(ada)).not.toHaveProperty("clientId");

  const sessions = createSessions(Buffer.alloc(32, 7));
  const app = createApp({
    sessions,
    clients: { list: () => [], rename: async () => null },
    publisherApiKey: "key-of-this-test",
    runnerPublicBase: "http://127.0.0.1:3001",
  });
  const [cookie = ""] = sessions.issue(cleo.email).split(";");
  const ask = (path: string, method = "GET") =>
    app.fetch(new Request(`http://localhost:3000${path}`, { method, headers: { cookie } }));
  expect((await ask("/api/clients"))?.status).toBe(403);
  expect((await ask("/api/clients/rename", "POST"))?.status).toBe(403);
  expect(await app.authenticate(new Request("http://localhost:3000/", { headers: { cookie } }))).toEqual(
    toPrincipal(cleo),
  );
});
