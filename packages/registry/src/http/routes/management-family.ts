import { WIRE_ERRORS } from "../error-styles.ts";
import type { Family } from "../route.ts";
import { text, uuid } from "../schemas/schema.ts";

/** What a path below `/api/extensions/` names. */
export const MANAGEMENT_PARAMS = {
  extension: text(511, { description: "Registry id or slug (`publisher.name`) of the extension." }),
  id: uuid,
  version: text(255, { description: "Exact." }),
  channel: text(32, { pattern: "^[a-z][a-z0-9-]*$" }),
};

/** A family of the management API. */
export function managementFamily(tag: string): Family {
  return { tag, errors: WIRE_ERRORS, params: MANAGEMENT_PARAMS };
}
