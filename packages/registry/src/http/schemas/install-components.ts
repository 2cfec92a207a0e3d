import { ref, type ComponentSchemas } from "./ref.ts";
import {
  anyText,
  flag,
  list,
  nullable,
  object,
  oneOf,
  text,
  time,
  uuid,
  names,
  CONTENT_HASH,
} from "./schema.ts";

const DOMAIN_STATE = oneOf([
  "pending",
  "provisioning",
  "ready",
  "error",
  "pending_configuration",
  "provisioning_enqueue_failed",
]);
const INSTALL_SUMMARY = {
  installId: uuid,
  registryId: uuid,
  versionId: uuid,
  version: anyText,
  slug: anyText,
  displayName: anyText,
  enabled: flag,
  contentHash: CONTENT_HASH,
  grantedCapabilities: names,
  grantedEgress: names,
  pendingConsent: list(ref("ConsentItem")),
  menuLabel: nullable(anyText),
  hasUi: flag,
  secretNames: names,
};

/** Installs and what administrators decide about them. */
export const INSTALL_COMPONENTS = {
  ConsentItem: object({
    kind: oneOf(["capability", "egress"]),
    name: anyText,
    sentence: anyText,
    risk: oneOf(["low", "medium", "high"]),
    byDefault: flag,
  }),
  Grants: object({ capabilities: list(text(512), 200), egress: list(text(512), 200) }),
  InstallDetails: object({
    ...INSTALL_SUMMARY,
    follows: nullable(anyText),
    pinned: flag,
    askedByUpdate: list(ref("ConsentItem")),
    settingProblems: list(object({ code: anyText, pointer: anyText, message: anyText })),
    domain: nullable(anyText),
    domainStatus: object({ state: DOMAIN_STATE }, { message: anyText }),
  }),
  InstallHistoryEntry: object({
    versionId: uuid,
    version: anyText,
    cause: oneOf(["install", "update", "rollback", "restore"]),
    actor: anyText,
    since: time,
    until: nullable(time),
  }),
  SecretName: object({ name: anyText, setAt: time }),
} satisfies Partial<ComponentSchemas>;
