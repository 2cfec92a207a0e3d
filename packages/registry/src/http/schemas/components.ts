import { EVENT_COMPONENTS } from "./event-components.ts";
import { INSTALL_COMPONENTS } from "./install-components.ts";
import { LOG_COMPONENTS } from "./log-components.ts";
import type { ComponentSchemas } from "./ref.ts";
import { RELEASE_COMPONENTS } from "./release-components.ts";

/** The schema of each component. */
export const COMPONENTS: ComponentSchemas = {
  ...EVENT_COMPONENTS,
  ...INSTALL_COMPONENTS,
  ...LOG_COMPONENTS,
  ...RELEASE_COMPONENTS,
};
