import type { InstallDetails } from "@alga-ext/protocol";
import type { InstallContext, InstallRef } from "../installs/install-context.ts";
import type { DomainProvisioner, RegistryLogger } from "../ports.ts";
import { provisionPending, type DomainWork } from "./provision-pending.ts";
import { reprovision } from "./reprovision.ts";

/** Host names of installs. */
export interface Domains {
  /**
   * One step of a worker: provision and remove what is due, a few at a time. Call it every few seconds; several
   * workers may. Does nothing without a provisioner.
   *
   * @param options.limit Host names at most. @default 20
   */
  provisionPending(options?: { readonly limit?: number }): Promise<DomainWork>;
  /**
   * Order an install's host name again, or for the first time when names came after it.
   *
   * @throws {RegistryError} `install_not_found`
   */
  reprovision(request: InstallRef): Promise<InstallDetails>;
}

/** What the domain verbs work with. */
export interface DomainContext extends InstallContext {
  readonly provisioner: DomainProvisioner | null;
  readonly logger: RegistryLogger | undefined;
}

/** The domain verbs of a registry. */
export function createDomains(context: DomainContext): Domains {
  return Object.freeze<Domains>({
    provisionPending: (options = {}) => provisionPending(context, options),
    reprovision: (request) => reprovision(context, request),
  });
}
