import type { Handler } from "@alga-ext/sdk/handler";
import { W } from "./w.ts";

export const handler: Handler = ({ http }) => ({
  status: 200,
  headers: [{ name: "content-type", value: "application/json" }],
  body: new TextEncoder().encode(
    W(http.method, http.url, new TextDecoder().decode(http.body ?? new Uint8Array())),
  ),
});
