import type { Handler } from "@alga-ext/sdk/handler";
import { work } from "./work.ts";

export const handler: Handler = (request) => ({
  status: 200,
  headers: [{ name: "content-type", value: "application/json" }],
  body: new TextEncoder().encode(work(new TextDecoder().decode(request.http.body ?? new Uint8Array()))),
});
