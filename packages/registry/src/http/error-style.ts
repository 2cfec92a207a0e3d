import type { Failure } from "./failure.ts";
import type { Schema } from "./schemas/schema.ts";

/** How a family of routes says that something went wrong. */
export interface ErrorStyle {
  /** Name of its schema in OpenAPI. */
  readonly name: string;
  readonly schema: Schema<unknown>;
  /** Its status and body; headers common to all are added later. */
  render(failure: Failure, requestId: string): Response;
}
