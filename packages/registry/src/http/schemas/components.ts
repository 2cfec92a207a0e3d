import { EVENT_COMPONENTS } from "./event-components.ts";
import { INSTALL_COMPONENTS } from "./install-components.ts";
import { LOG_COMPONENTS } from "./log-components.ts";
import type { Components, ComponentSchemas } from "./ref.ts";
import { RELEASE_COMPONENTS } from "./release-components.ts";
import type { Described } from "./schema.ts";

const ALL = {
  ...EVENT_COMPONENTS,
  ...INSTALL_COMPONENTS,
  ...LOG_COMPONENTS,
  ...RELEASE_COMPONENTS,
};

/** Members that a type has and its schema does not, optional ones included. */
type Forgotten = {
  readonly [N in keyof Components]: Exclude<keyof Components[N], keyof Described<(typeof ALL)[N]>>;
}[keyof Components];

/** The schema of each component; does not compile when one forgets a member. */
export const COMPONENTS: [Forgotten] extends [never] ? ComponentSchemas : Forgotten = ALL;
