import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import type { DomainOutcome, DomainProvisioner } from "../ports.ts";
import type { Registry } from "../registry.ts";
import { refusalOf } from "./kit/rejection.ts";
import { installNew, newTenant, type World } from "./kit/world.ts";

/** What host names of installs promise. */
export function domainsContract(world: () => World): void {
  describe("domains", () => {
    /** What exists in the outside world, by host name. */
    const outside = new Map<string, string>();
    let answer: () => Promise<DomainOutcome>;
    let beforeRemoval: () => Promise<void>;
    const provisioner: DomainProvisioner = {
      async provision({ host, installId }) {
        const outcome = await answer();
        if (outcome.state === "ready") outside.set(host, installId);
        return outcome;
      },
      async remove({ host }) {
        await beforeRemoval();
        outside.delete(host);
      },
    };
    let registry: Registry;

    beforeEach(async () => {
      answer = async () => ({ state: "ready" });
      beforeRemoval = async () => undefined;
      registry ??= await world().reopen({ domains: provisioner });
      // What other tests left to do is not this test's business.
      await registry.domains.provisionPending({ limit: 10_000 });
    });

    const on = (): World => ({ ...world(), registry });
    const statusOf = async ({ tenantId }: { tenantId: string }) => {
      const [install] = await registry.installs(tenantId);
      return { host: install?.domain ?? "", state: install?.domainStatus.state };
    };
    const step = () => registry.domains.provisionPending({ limit: 10_000 });

    test("an install orders its name, a worker has it provisioned, and the log says so", async () => {
      const install = await installNew(on());
      const { host, state } = await statusOf(install);
      expect(state).toBe("provisioning");
      expect(host).toMatch(/^[a-z0-9]+-[a-z0-9]+(?:-[0-9a-f]{8})?\.ext\.example$/);
      const outbox = await world().database.admin(
        "select payload from extension_outbox where tenant_id = $1 and kind = 'domain.wanted'",
        [install.tenantId],
      );
      expect(outbox).toMatchObject([{ payload: { host, installId: install.installId } }]);
      expect(await step()).toEqual({ ready: 1, waiting: 0, failed: 0, removed: 0 });
      expect(outside.get(host)).toBe(install.installId);
      expect(await statusOf(install)).toEqual({ host, state: "ready" });
      expect(await registry.verifyReleaseLog({ tenantId: install.tenantId })).toMatchObject({ events: 2 });
      // Settled for now; looked at again later, in case somebody removed it outside.
      expect(await step()).toEqual({ ready: 0, waiting: 0, failed: 0, removed: 0 });
      outside.delete(host);
      world().clock.now += 3_600_000;
      await step();
      expect(outside.get(host)).toBe(install.installId);
    });

    test("what takes time is asked about again, what fails with growing pauses, and a way back is always there", async () => {
      const install = await installNew(on());
      answer = async () => ({ state: "provisioning", message: "certificate" });
      expect(await step()).toMatchObject({ waiting: 1 });
      expect(await step()).toMatchObject({ waiting: 0 });
      answer = async () => Promise.reject(new Error("unreachable"));
      const untilNext = async (): Promise<number> => {
        const [row] = await world().database.admin(
          "select to_json(next_attempt_at)#>>'{}' as next_attempt_at from extension_domain where install_id = $1",
          [install.installId],
        );
        return new Date(String(row?.["next_attempt_at"])).getTime() - world().clock.now;
      };
      const pauses: number[] = [];
      for (let failures = 0; failures < 5; failures += 1) {
        pauses.push(await untilNext());
        world().clock.now += (pauses.at(-1) ?? 0) - 1;
        expect(await step()).toEqual({ ready: 0, waiting: 0, failed: 0, removed: 0 });
        world().clock.now += 1;
        const { waiting, failed } = await step();
        expect(waiting + failed).toBe(1);
      }
      expect(pauses).toEqual([5000, 10_000, 20_000, 40_000, 80_000]);
      expect(await statusOf(install)).toMatchObject({ state: "provisioning_enqueue_failed" });
      answer = async () => ({ state: "error", message: "no such zone" });
      world().clock.now += 600_000;
      expect(await step()).toMatchObject({ failed: 1 });
      const [shown] = await registry.installs(install.tenantId);
      expect(shown?.domainStatus).toEqual({ state: "error", message: "no such zone" });
      answer = async () => ({ state: "ready" });
      expect((await registry.domains.reprovision(install)).domainStatus.state).toBe("provisioning");
      expect(await step()).toMatchObject({ ready: 1 });
      expect(await statusOf(install)).toMatchObject({ state: "ready" });
    });

    test("without a provisioner a name is pending, without a root there is none, and both can come later", async () => {
      const install = await installNew(world());
      expect(await statusOf(install)).toMatchObject({ state: "pending" });
      const rootless = await world().reopen({ domainRoot: null });
      const nameless = await installNew({ ...world(), registry: rootless });
      expect(await statusOf(nameless)).toEqual({ host: "", state: "pending_configuration" });
      expect(await rootless.domains.provisionPending()).toEqual({
        ready: 0,
        waiting: 0,
        failed: 0,
        removed: 0,
      });
      for (const one of [install, nameless]) {
        await registry.domains.reprovision(one);
        await step();
        const { host, state } = await statusOf(one);
        expect(state).toBe("ready");
        expect(outside.get(host)).toBe(one.installId);
      }
    });

    test("uninstalling removes the name outside, and until then nobody else gets it", async () => {
      const { registryId, version } = await installNew(on());
      const [one, two] = ["acme-corporation-one", "acme-corporation-two"].map(
        (name) => `${name}-${randomUUID()}`,
      ) as [string, string];
      const install = (tenantId: string) =>
        registry.install({ tenantId, registryId, version, grants: "declared", actor: "admin" });
      const first = await install(one);
      await step();
      await registry.uninstall({ tenantId: one, registryId });
      expect(await registry.lookupHost(first.domain ?? "")).toBeNull();
      const second = await install(two);
      expect(second.domain).not.toBe(first.domain);
      expect(await step()).toMatchObject({ ready: 1, removed: 1 });
      expect(outside.has(first.domain ?? "")).toBe(false);
      expect(outside.get(second.domain ?? "")).toBe(second.installId);
      const third = await install(one);
      expect(third.domain).toBe(first.domain);
    });

    test("a name that comes back while its removal is under way is there in the end", async () => {
      const { tenantId, registryId, version } = await installNew(on());
      const { host } = await statusOf({ tenantId });
      await step();
      await registry.uninstall({ tenantId, registryId });
      let installId = "";
      beforeRemoval = async () => {
        beforeRemoval = async () => undefined;
        const request = { tenantId, registryId, version, grants: "declared" as const, actor: "admin" };
        ({ installId } = await registry.install(request));
        // A second worker is faster than the removal that has begun.
        await step();
        expect(outside.get(host)).toBe(installId);
      };
      await step();
      expect(outside.has(host)).toBe(false);
      await step();
      expect(outside.get(host)).toBe(installId);
      expect(await statusOf({ tenantId })).toEqual({ host, state: "ready" });
    });

    test("of several workers one has a name at a time", async () => {
      const installs = await Promise.all(Array.from({ length: 6 }, () => installNew(on())));
      let orders = 0;
      answer = async () => {
        orders += 1;
        return { state: "ready" };
      };
      const works = await Promise.all(Array.from({ length: 4 }, () => step()));
      expect(works.reduce((sum, { ready }) => sum + ready, 0)).toBe(installs.length);
      expect(orders).toBe(installs.length);
    });

    test("a worker that dies gives its names back after a while", async () => {
      const install = await installNew(on());
      await world().database.admin(
        "update extension_domain set next_attempt_at = $1, attempts = 1 where install_id = $2",
        [new Date(world().clock.now + 60_000), install.installId],
      );
      expect(await step()).toMatchObject({ ready: 0 });
      world().clock.now += 60_000;
      expect(await step()).toMatchObject({ ready: 1 });
    });

    test("a disabled install keeps its name and is not found by it; a host is only text", async () => {
      const install = await installNew(on());
      const { host } = await statusOf(install);
      expect(await registry.lookupHost(host)).toMatchObject({ tenantId: install.tenantId });
      await registry.setEnabled({ ...install, enabled: false });
      expect(await registry.lookupHost(host)).toBeNull();
      expect((await statusOf(install)).host).toBe(host);
      for (const hostile of [
        "' or true; --",
        "\0",
        "%",
        host.replace("-", "_"),
        `${host}.`,
        "x".repeat(9000),
      ]) {
        expect(await registry.lookupHost(hostile)).toBeNull();
      }
    });

    test("another tenant's install answers as an unknown one", async () => {
      const { registryId } = await installNew(on());
      const refusals = [registryId, randomUUID(), "no.such"].map((id) =>
        refusalOf(registry.domains.reprovision({ tenantId: newTenant(), registryId: id })),
      );
      const codes = (await Promise.all(refusals)).map(({ code }) => code);
      expect(new Set(codes)).toEqual(new Set(["install_not_found"]));
    });
  });
}
