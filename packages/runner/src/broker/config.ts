import { err, ok, text, type CapabilityInterface } from "./capability.ts";

/** `alga:extension/config`: what the administrator set, without secrets. */
export const configInterface: CapabilityInterface = {
  grant: "cap:config.read",
  denied: () => err("denied"),
  functions: {
    get: ({ config }, [key]) => {
      const name = text(key);
      return ok(Object.hasOwn(config, name) ? config[name] : null);
    },
    listEntries: ({ config }) => ok(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1))),
  },
};
