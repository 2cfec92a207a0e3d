import type { ExecuteResponse } from "@alga-ext/protocol";
import { CompactEncrypt, importSPKI } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf, openArena, TENANT, textOf, type Arena, type AttackCall } from "./arena.ts";
import { compromisedCell } from "./fixtures/compromised-cell.ts";
import { coreGuest } from "./fixtures/core-guest.ts";
import { slowStorage } from "./fixtures/slow-storage.ts";
import { copyPackages, loadPackages, replaceCell } from "./packages.ts";
import { printReport } from "./report.ts";

/** Another install of the attacker's tenant: it lives in the attacker's process. */
const SIBLING = "55555555-5555-4555-8555-555555555555";
/** The install the arena attacks from. */
const ATTACKER = "11111111-1111-4111-8111-111111111111";

/** A call of one install of the attacker's tenant. */
function callOf(arena: Arena, install: string, call: AttackCall = {}): Promise<ExecuteResponse> {
  const context = {
    request_id: `of ${install}`,
    tenant_id: TENANT.attacker,
    extension_id: "22222222-2222-4222-8222-222222222222",
    install_id: install,
    content_hash: arena.hostile,
    version_id: "v-1",
  };
  return arena.call(arena.hostile, { ...call, extra: { context, ...call.extra } });
}

describe("installs of one tenant in one process", () => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena({ cellSharing: "tenant" });
    expect(codeOf(await callOf(arena, SIBLING))).toBe("ok");
  }, 180_000);
  afterAll(async () => {
    await arena?.close();
    printReport("P. installs that share a process");
  });

  test("P15 what one install keeps or breaks, the other does not see", async () => {
    const { result } = await arena.survive("P15 state of a sibling", async () => {
      const seen: string[] = [];
      for (const path of ["/keep", "/throw", "/recurse", "/count", "/keep"]) {
        await callOf(arena, ATTACKER, { path });
        for (const mine of ["/count", "/keep"])
          seen.push(textOf(await callOf(arena, SIBLING, { path: mine })));
      }
      return seen;
    });
    expect(new Set(result)).toEqual(new Set(["1"]));
  });

  test.each([
    ["/loop", "deadline_exceeded"],
    ["/memory", "memory_exceeded"],
    ["/throw", "execute_failed"],
  ])("P15 %s ends as %s, and only its own call", async (path, code) => {
    const { result } = await arena.survive(`P15 ${path} of a sibling`, async () => {
      const progress = { isOver: false };
      const attack = callOf(arena, ATTACKER, { path, timeoutMs: path === "/loop" ? 500 : 8_000 }).finally(
        () => (progress.isOver = true),
      );
      const codes = new Set<string>();
      do codes.add(codeOf(await callOf(arena, SIBLING)));
      while (!progress.isOver);
      return { code: codeOf(await attack), codes: [...codes] };
    });
    expect(result).toEqual({ code, codes: ["ok"] });
  });

  test("P15 secrets and providers are those of the call's own install", async () => {
    const key = await importSPKI(arena.keys.runnerPublicKeyPem, "ECDH-ES");
    const jwe = await new CompactEncrypt(Buffer.from(JSON.stringify({ api_key: "hunter22-hunter22" })))
      .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
      .encrypt(key);
    const rich: AttackCall = {
      extra: { secret_envelope: { algorithm: "jwe", ciphertext_b64: Buffer.from(jwe).toString("base64") } },
    };
    const poor: AttackCall = { extra: { providers: ["cap:log.emit"] } };
    const { result } = await arena.survive("P15 grants of a sibling", () =>
      Promise.all(
        Array.from({ length: 20 }, async (_, index) =>
          index % 2 === 0
            ? codeOf(await callOf(arena, SIBLING, { path: "/secret", ...rich }))
            : codeOf(await callOf(arena, ATTACKER, { path: "/secret", ...poor })),
        ),
      ),
    );
    expect(new Set(result.filter((_, index) => index % 2 === 0))).toEqual(new Set(["ok"]));
    expect(new Set(result.filter((_, index) => index % 2 === 1))).toEqual(new Set(["execute_failed"]));
  });
});

describe("a shared process that is wholly the attacker's", () => {
  let arena: Arena;
  let copy: ReturnType<typeof copyPackages>;
  beforeAll(async () => {
    const guests = {
      hostile: await coreGuest({ attack: "" }),
      neighbour: await coreGuest({ attack: "", pages: 3 }),
    };
    copy = copyPackages([]);
    replaceCell(
      copy.root,
      compromisedCell({ port: 0, udpPort: 0, socketPath: "", pids: [], targets: [], outside: "" }),
    );
    const packages = await loadPackages(copy.root);
    const storage = slowStorage(packages.testing.createMemoryStorage());
    arena = await openArena({ packages, guests, storage, cellSharing: "tenant" });
    expect(codeOf(await callOf(arena, SIBLING))).toBe("ok");
  }, 180_000);
  afterAll(async () => {
    await arena?.close();
    copy?.remove();
    printReport("P. a process that installs share, taken over");
  });

  test("P16 a host call under a sibling's call is that call's, whatever else the frame says", async () => {
    const { result } = await arena.survive("P16 forged call ids", async () => {
      const waiting = callOf(arena, SIBLING, { path: "/p/wait" });
      const asked = await callOf(arena, ATTACKER, { path: "/p/impersonate" });
      return { asked: textOf(asked), waited: textOf(await waiting) };
    });
    // Of the attacker's own call it says the attacker's; the sibling's came under the sibling's call.
    expect(JSON.parse(result.asked)).toMatchObject({ installId: ATTACKER, tenantId: TENANT.attacker });
    expect(JSON.parse(result.waited)).toMatchObject({ installId: SIBLING, tenantId: TENANT.attacker });
  });

  test("P16 the end of the process is told to every call that was in it", async () => {
    const { result } = await arena.survive("P16 crash of a shared process", async () => {
      const waiting = callOf(arena, SIBLING, { path: "/p/wait" });
      const crash = codeOf(await callOf(arena, ATTACKER, { path: "/p/crash-waiting" }));
      return [crash, codeOf(await waiting), codeOf(await callOf(arena, SIBLING))];
    });
    expect(result).toEqual(["runner_crashed", "runner_crashed", "ok"]);
  });
});
