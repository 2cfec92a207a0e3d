import type { Principal } from "@alga-ext/protocol";
import { RegistryError } from "../errors.ts";

/**
 * Refuse to publish under a name that the principal is not limited to; its signing keys are another question.
 *
 * @throws {RegistryError} `publisher_not_owned`
 */
export function assertPublisher({ publishers }: Principal, publisher: string): void {
  if (publishers === undefined || publishers.includes(publisher.toLowerCase())) return;
  throw new RegistryError("publisher_not_owned", `This credential may not publish as ${publisher}.`, {
    details: { publisher, allowed: [...publishers] },
  });
}
