import { err, ok, text, type CapabilityInterface } from "./capability.ts";
import type { SecretBox } from "./call-session.ts";

/** `alga:extension/secrets`: values of the install's sealed envelope. */
export function createSecretsInterface(now: () => number): CapabilityInterface {
  const isExpired = ({ expiresAt }: SecretBox) => expiresAt !== null && now() >= expiresAt;
  return {
    grant: "cap:secrets.get",
    denied: (fn) => (fn === "listKeys" ? ok([]) : err("denied")),
    functions: {
      get: ({ secrets }, [key]) => {
        if (isExpired(secrets)) return err("expired");
        const value = secrets.values.get(text(key));
        return value === undefined ? err("missing") : ok(value);
      },
      listKeys: ({ secrets }) => ok(isExpired(secrets) ? [] : [...secrets.values.keys()].sort()),
    },
  };
}
