import { describe, expect, it } from "vitest";
import { brokerWith, sessionWith } from "../../test-support/broker.ts";
import type { CapabilityProvider } from "../ports.ts";
import { functionsOfWit } from "../prepare/functions-of-wit.ts";

const WIT = `package acme:psa@1.2.0;
// list-nothing: func() -> u32;
interface other { close: func(); }
interface tickets {
  /* drop-all: func(); */
  record ticket { id: string, note: string }
  variant outcome { found(ticket), none }
  list-tickets: func(search: option<string>) -> result<list<ticket>, string>; %get: func(id: string) -> outcome;
}
`;
const NAME = "acme:psa/tickets@1.2.0";
/** As the glue names it. */
const GLUE_NAME = "acme:psa/tickets";
const capability = {
  name: "cap:ticket.read",
  interfaces: [NAME],
  byDefault: false,
  risk: "medium",
  sentence: "Read your tickets",
} as const;

function provider(overrides: Partial<CapabilityProvider> = {}): CapabilityProvider {
  return {
    interfaceName: NAME,
    capability,
    wit: WIT,
    call: ({ fn, args, scope }) => Promise.resolve([scope.installId, fn, args]),
    ...overrides,
  };
}

describe("an interface of the host's own", () => {
  it("is answered by its provider to those who are granted it, under its own name", async () => {
    const { ask, catalogue } = brokerWith({ providers: [provider()] });
    const granted = sessionWith({ providers: new Set(["cap:ticket.read"]) });
    expect(await ask(`${GLUE_NAME}#listTickets`, ["x"], granted)).toEqual({
      kind: "ok",
      value: ["install-1", "listTickets", ["x"]],
    });
    expect(await ask(`${GLUE_NAME}#get`, ["1"], granted)).toMatchObject({ kind: "ok" });
    expect(await ask(`${GLUE_NAME}#dropAll`, [], granted)).toMatchObject({ kind: "trap" });
    expect(catalogue.normalize("Ticket.Read")).toBe("cap:ticket.read");
  });

  it("is refused without the grant: with its own error, else by stopping the guest", async () => {
    const plain = brokerWith({ providers: [provider()] });
    expect(await plain.ask(`${GLUE_NAME}#listTickets`)).toMatchObject({ kind: "trap" });
    const kind = brokerWith({ providers: [provider({ denied: () => "not allowed" })] });
    expect(await kind.ask(`${GLUE_NAME}#listTickets`)).toEqual({ kind: "err", value: "not allowed" });
  });

  it.each([
    ["of nobody", { interfaceName: "evil:host/out", capability: undefined, wit: undefined }],
    ["without a capability", { capability: undefined }],
    ["without a wit", { wit: undefined }],
    ["that its capability does not open", { interfaceName: "acme:psa/other@1.2.0" }],
    ["of another package", { wit: WIT.replace("@1.2.0", "") }],
    ["that is not in the wit", { wit: WIT.replace("interface tickets", "interface tickers") }],
    ["that the platform has", { capability: { ...capability, name: "cap:storage.kv" } }],
    ["in the platform's package", { interfaceName: "alga:extension/more" }],
  ])("cannot be one %s", (_name, overrides) => {
    const wrong = { ...provider(), ...overrides } as CapabilityProvider;
    expect(() => brokerWith({ providers: [wrong] })).toThrow(TypeError);
  });

  it("has one provider", () => {
    expect(() => brokerWith({ providers: [provider(), provider()] })).toThrow(TypeError);
  });
});

describe("functionsOfWit", () => {
  it("reads the functions of one interface, not comments and not fields", () => {
    expect(functionsOfWit(WIT, NAME)).toEqual([
      { wit: "list-tickets", js: "listTickets" },
      { wit: "get", js: "get" },
    ]);
  });
});
