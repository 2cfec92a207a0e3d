import { createGateway, type Gateway } from "../create-gateway.ts";
import { GatewayError } from "../errors.ts";
import type { GatewayOptions } from "../options.ts";
import { createFakeInvoker, type FakeInvoker } from "./fake-invoker.ts";
import { createMemoryAudit, type MemoryAudit } from "./memory-audit.ts";
import { aPrincipal, createFakeInstalls } from "./tenants.ts";

/** A gateway on fakes, and the fakes. */
export interface TestGateway extends Gateway {
  readonly invoker: FakeInvoker;
  readonly audit: MemoryAudit;
  /** Call it as a caller on `https://host.example` would. */
  call(path: string, init?: RequestInit): Promise<Response>;
}

/** Create a gateway that knows `aPrincipal()` and `anInstall()`; any option can be replaced. */
export function createTestGateway(
  overrides: Partial<Omit<GatewayOptions, "invoker" | "audit">> & {
    readonly invoker?: FakeInvoker;
    readonly audit?: MemoryAudit;
  } = {},
): TestGateway {
  const invoker = overrides.invoker ?? createFakeInvoker();
  const audit = overrides.audit ?? createMemoryAudit();
  const noCalls = (): Promise<never> =>
    Promise.reject(new GatewayError("call_token_invalid", "This gateway makes no tokens."));
  const gateway = createGateway({
    authenticate: async () => aPrincipal(),
    installs: createFakeInstalls(),
    calls: { handshake: noCalls, token: noCalls, verify: noCalls },
    hostApi: { storage: () => Promise.reject(new TypeError("This gateway has no storage.")) },
    runnerAuthToken: "a-token-for-tests-only",
    ...overrides,
    invoker,
    audit,
  });
  return {
    ...gateway,
    invoker,
    audit,
    async call(path, init) {
      const response = await gateway.fetch(new Request(`https://host.example${path}`, init));
      if (response === null) throw new TypeError(`${path} is none of the gateway's paths.`);
      return response;
    },
  };
}
