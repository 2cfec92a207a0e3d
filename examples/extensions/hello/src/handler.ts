import { createRouter, jsonResponse, type HostBindings } from "@alga-ext/sdk/handler";

const read = async (host: HostBindings): Promise<number> =>
  (await host.storage.getJson<number>("greetings", "count")) ?? 0;

/** The extension: both endpoints of `manifest.json`. */
export const { handler } = createRouter()
  .get("/greetings", async ({ host }) => jsonResponse({ count: await read(host) }))
  .post("/greetings", async ({ host }) => {
    const count = (await read(host)) + 1;
    await host.storage.putJson("greetings", "count", count);
    return jsonResponse({ count }, { status: 201 });
  });
