import { randomUUID } from "node:crypto";
import type { JsonValue, Trigger } from "@alga-ext/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EVENT_LIMITS } from "../events/limits.ts";
import { createBell, createReceiver, PASSING_FAILURE, type Receiver } from "./kit/receiver.ts";
import { refusalOf } from "./kit/rejection.ts";
import { installNew, newTenant, publishExtension, type World } from "./kit/world.ts";

const LEASE = 60_000;
const ATTEMPTS = 3;
const HOUR = 3_600_000;

const API = {
  endpoints: [
    { method: "POST", path: "/on-ticket", handler: "dist/main" },
    { method: "POST", path: "/on-invoice", handler: "dist/main" },
  ],
};
const EVENTS = [
  { topic: "ticket.created", endpoint: "POST /on-ticket" },
  { topic: "invoice.paid", endpoint: "POST /on-invoice" },
];

/** What emitting and delivering events promises. */
export function eventsContract(world: () => World): void {
  describe("events", () => {
    const subscribed = () => installNew(world(), { api: API, events: EVENTS });
    const events = () => world().registry.events;
    const emit = (tenantId: string, payload: JsonValue, more: { key?: string; id?: string } = {}) =>
      events().emit({ tenantId, topic: "ticket.created", payload, ...more });
    const workerOf = (receiver: Receiver) =>
      world().registry.createDeliveryWorker({
        invoker: receiver.invoker,
        leaseMs: LEASE,
        concurrency: 4,
        retry: { maxAttempts: ATTEMPTS, baseMs: 1_000, maxMs: 10_000 },
        random: () => 1,
      });
    const start = async () => {
      const install = await subscribed();
      const receiver = createReceiver();
      const worker = workerOf(receiver);
      const drain = async (laterMs = 0) => {
        world().clock.now += laterMs;
        await worker.drain();
      };
      return { ...install, receiver, drain };
    };
    const payloads = (triggers: readonly Trigger[]) => triggers.map(({ payload }) => payload);
    const states = async (tenantId: string) => {
      const { items } = await events().deliveries({ tenantId });
      return items.map(({ state, reason }) => (reason === null ? state : `${state} ${reason}`)).toReversed();
    };
    const subscriptionOf = async (tenantId: string, topic = "ticket.created") => {
      const found = (await events().subscriptions({ tenantId })).find((one) => one.topic === topic);
      if (found === undefined) throw new Error("not subscribed");
      return found;
    };

    test("an event reaches the endpoint its topic is declared for, once, and is listed", async () => {
      const { tenantId, installId, registryId, receiver, drain } = await start();
      const result = await emit(tenantId, { n: 1, odd: ["\u0000", "\ud800", null] }, { key: "t-1" });
      expect(result).toEqual({ eventId: expect.any(String), created: true, deliveries: 1 });
      await drain();
      await drain();
      const at = new Date(world().clock.now).toISOString();
      expect(receiver.accepted(tenantId)).toEqual([
        {
          kind: "event",
          tenantId,
          installId,
          registryId,
          endpoint: { method: "POST", path: "/on-ticket" },
          topic: "ticket.created",
          eventId: result.eventId,
          key: "t-1",
          payload: { n: 1, odd: ["\u0000", "\ud800", null] },
          emittedAt: at,
          deliveryId: expect.any(String),
          attempt: 1,
        },
      ]);
      const { items, nextCursor } = await events().deliveries({ tenantId });
      const { subscriptionId } = await subscriptionOf(tenantId);
      expect(nextCursor).toBeNull();
      expect(items).toEqual([
        {
          deliveryId: receiver.accepted(tenantId)[0]?.deliveryId,
          kind: "event",
          installId,
          registryId,
          subscriptionId,
          scheduleId: null,
          eventId: result.eventId,
          topic: "ticket.created",
          key: "t-1",
          scheduledFor: null,
          state: "delivered",
          attempts: 1,
          lastError: null,
          reason: null,
          createdAt: at,
          finishedAt: at,
        },
      ]);
    });

    test("every subscription of the tenant hears of it, and nobody else", async () => {
      const { tenantId, manifest, receiver, drain } = await start();
      const other = await subscribed();
      const second = await publishExtension(world(), { ...manifest, name: `${manifest.name}-2` });
      await world().registry.install({
        tenantId,
        registryId: second.extension.id,
        version: "1.0.0",
        grants: "declared",
        actor: "admin",
      });
      expect((await emit(tenantId, 1)).deliveries).toBe(2);
      expect((await events().emit({ tenantId, topic: "ticket.create", payload: 2 })).deliveries).toBe(0);
      expect((await emit(newTenant(), 3)).deliveries).toBe(0);
      await drain();
      expect(payloads(receiver.accepted(tenantId))).toEqual([1, 1]);
      expect(new Set(receiver.accepted(tenantId).map(({ installId }) => installId)).size).toBe(2);
      expect(receiver.accepted(other.tenantId)).toEqual([]);
      expect((await events().deliveries({ tenantId: other.tenantId })).items).toEqual([]);
    });

    test("the same id is the same event, and another event under it is refused", async () => {
      const { tenantId, receiver, drain } = await start();
      const id = randomUUID();
      const first = await emit(tenantId, { a: 1 }, { id, key: "k" });
      expect(await emit(tenantId, { a: 1 }, { id, key: "k" })).toEqual({ ...first, created: false });
      const emitA = (n: number, more: object) =>
        events().emit({ tenantId, topic: "ticket.created", payload: { a: n }, id, ...more });
      expect((await refusalOf(emitA(2, { key: "k" }))).code).toBe("event_conflict");
      expect((await refusalOf(emitA(1, { key: "l" }))).code).toBe("event_conflict");
      expect((await refusalOf(emitA(1, {}))).code).toBe("event_conflict");
      expect((await refusalOf(emitA(1, { key: "k", topic: "invoice.paid" }))).code).toBe("event_conflict");
      const many = await Promise.all(Array.from({ length: 5 }, () => emit(tenantId, "at once", { id: "x" })));
      expect(many.filter(({ created }) => created)).toHaveLength(1);
      await drain();
      expect(new Set(payloads(receiver.accepted(tenantId)))).toEqual(new Set(["at once", { a: 1 }]));
      expect(receiver.accepted(tenantId)).toHaveLength(2);
    });

    test("a later event of a key waits for the earlier one, also while that is being repeated", async () => {
      const { tenantId, receiver, drain } = await start();
      receiver.answer(({ payload, attempt }) =>
        payload === "first" && attempt < 3 ? PASSING_FAILURE : { ok: true },
      );
      await emit(tenantId, "first", { key: "a" });
      await emit(tenantId, "second", { key: "a" });
      await emit(tenantId, "of another key", { key: "b" });
      await emit(tenantId, "of no key");
      await drain();
      expect(new Set(payloads(receiver.accepted(tenantId)))).toEqual(
        new Set(["of another key", "of no key"]),
      );
      await drain(999);
      expect(receiver.calls.filter(({ payload }) => payload === "first")).toHaveLength(1);
      await drain(1);
      await emit(tenantId, "third", { key: "a" });
      await drain(1_999);
      expect(receiver.accepted(tenantId)).toHaveLength(2);
      await drain(1);
      expect(payloads(receiver.accepted(tenantId)).slice(2)).toEqual(["first", "second", "third"]);
      const calls = receiver.calls.filter(({ payload }) => payload === "first");
      expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      expect(new Set(calls.map(({ deliveryId }) => deliveryId)).size).toBe(1);
    });

    test("poison goes to the dead letter, its key goes on, and it can be replayed and discarded", async () => {
      const { tenantId, receiver, drain } = await start();
      receiver.answer(({ payload }) => (payload === "poison" ? PASSING_FAILURE : { ok: true }));
      await emit(tenantId, "poison", { key: "a" });
      await emit(tenantId, "after", { key: "a" });
      for (let n = 0; n < ATTEMPTS; n += 1) await drain(HOUR);
      expect(payloads(receiver.accepted(tenantId))).toEqual(["after"]);
      expect(await states(tenantId)).toEqual(["dead too_many_attempts", "delivered"]);
      const { items } = await events().deadLetters({ tenantId });
      expect(items).toMatchObject([
        { attempts: ATTEMPTS, payload: "poison", lastError: "internal: not now" },
      ]);
      const deliveryIds = items.map(({ deliveryId }) => deliveryId);
      expect(await subscriptionOf(tenantId)).toMatchObject({ waiting: 0, dead: 1 });

      expect(await events().replay({ tenantId: newTenant(), deliveryIds })).toBe(0);
      expect(await events().replay({ tenantId, deliveryIds })).toBe(1);
      expect(await events().replay({ tenantId, deliveryIds })).toBe(0);
      for (let n = 0; n < ATTEMPTS; n += 1) await drain(HOUR);
      expect(await states(tenantId)).toEqual(["dead too_many_attempts", "delivered"]);

      receiver.answer(() => ({ ok: true }));
      const { subscriptionId: sourceId } = await subscriptionOf(tenantId);
      expect(await events().replay({ tenantId, sourceId })).toBe(1);
      await drain();
      expect(receiver.accepted(tenantId).map(({ deliveryId }) => deliveryId)).toContain(deliveryIds[0]);
      expect(await states(tenantId)).toEqual(["delivered", "delivered"]);

      receiver.answer(() => ({ ok: false, code: "bad_request", message: "never", retryable: false }));
      await emit(tenantId, "hopeless");
      await drain();
      expect((await states(tenantId)).at(-1)).toBe("dead refused");
      expect(await events().discard({ tenantId, sourceId })).toBe(1);
      expect(await events().discard({ tenantId, sourceId })).toBe(0);
      expect((await states(tenantId)).at(-1)).toBe("discarded refused");
      expect((await events().deadLetters({ tenantId })).items).toEqual([]);
    });

    test("a paused subscription holds what is emitted, and goes on in order", async () => {
      const { tenantId, receiver, drain } = await start();
      const { subscriptionId } = await subscriptionOf(tenantId);
      await emit(tenantId, 1, { key: "a" });
      await events().pause({ tenantId, subscriptionId });
      await emit(tenantId, 2, { key: "a" });
      await emit(tenantId, 3);
      await events().emit({ tenantId, topic: "invoice.paid", payload: 4 });
      await drain(HOUR);
      expect(payloads(receiver.accepted(tenantId))).toEqual([4]);
      expect(await subscriptionOf(tenantId)).toMatchObject({
        pausedAt: expect.any(String),
        waiting: 3,
      });
      await emit(tenantId, 5, { key: "a" });
      await drain(HOUR);
      await events().resume({ tenantId, subscriptionId });
      await drain();
      const got = payloads(receiver.accepted(tenantId)).slice(1);
      expect(got.filter((one) => one !== 3)).toEqual([1, 2, 5]);
      expect(got).toContain(3);
      const unknown = { tenantId, subscriptionId: randomUUID() };
      expect((await refusalOf(events().pause(unknown))).code).toBe("subscription_not_found");
      const foreign = { tenantId: newTenant(), subscriptionId };
      expect((await refusalOf(events().resume(foreign))).code).toBe("subscription_not_found");
    });

    test("an install that is switched off keeps what it is owed until it is on again", async () => {
      const { tenantId, registryId, receiver, drain } = await start();
      await world().registry.setEnabled({ tenantId, registryId, enabled: false });
      await emit(tenantId, 1, { key: "a" });
      await emit(tenantId, 2, { key: "a" });
      await drain();
      expect(receiver.accepted(tenantId)).toEqual([]);
      await world().registry.setEnabled({ tenantId, registryId, enabled: true });
      await drain();
      expect(payloads(receiver.accepted(tenantId))).toEqual([1, 2]);
    });

    test("an update keeps what stays subscribed and cancels, with a row, what does not", async () => {
      const { tenantId, registryId, manifest, receiver, drain } = await start();
      const { subscriptionId } = await subscriptionOf(tenantId, "invoice.paid");
      const dropped = await subscriptionOf(tenantId);
      await events().pause({ tenantId, subscriptionId });
      await events().pause({ tenantId, subscriptionId: dropped.subscriptionId });
      await emit(tenantId, 1, { key: "a" });
      await emit(tenantId, 2, { key: "a" });
      await drain();
      const next = {
        ...manifest,
        version: "1.1.0",
        events: [...EVENTS.slice(1), { topic: "new", endpoint: "POST /on-ticket" }],
      };
      await publishExtension(world(), next);
      await world().registry.update({ tenantId, registryId, version: "1.1.0", actor: "admin" });
      const topics = await events().subscriptions({ tenantId, registryId });
      expect(topics).toMatchObject([
        { topic: "invoice.paid", subscriptionId, pausedAt: expect.any(String) },
        { topic: "new", pausedAt: null },
      ]);
      expect((await emit(tenantId, 3)).deliveries).toBe(0);
      await drain();
      expect(receiver.accepted(tenantId)).toEqual([]);
      expect(await states(tenantId)).toEqual(["cancelled unsubscribed", "cancelled unsubscribed"]);
    });

    test("an uninstalled extension hears of nothing new, and what it was owed ends with its data", async () => {
      const { tenantId, registryId, installId, receiver, drain } = await start();
      await emit(tenantId, 1);
      await world().registry.uninstall({ tenantId, registryId });
      expect((await emit(tenantId, 2)).deliveries).toBe(0);
      expect(await events().subscriptions({ tenantId })).toEqual([]);
      await drain();
      expect(await states(tenantId)).toEqual(["pending"]);
      await world().database.admin("delete from tenant_extension_install where id = $1", [installId]);
      await drain();
      expect(await states(tenantId)).toEqual(["cancelled uninstalled"]);
      expect(receiver.accepted(tenantId)).toEqual([]);
    });

    test("what a lost worker had is delivered by another, and its late answer counts for nothing", async () => {
      const { tenantId, receiver, drain } = await start();
      const hung = createReceiver();
      const answer = Promise.withResolvers<void>();
      const arrived = Promise.withResolvers<void>();
      hung.answer(async () => {
        arrived.resolve();
        await answer.promise;
        return PASSING_FAILURE;
      });
      await emit(tenantId, 1, { key: "a" });
      await emit(tenantId, 2, { key: "a" });
      const lost = workerOf(hung).drain();
      await arrived.promise;
      await drain(LEASE - 1);
      expect(receiver.accepted(tenantId)).toEqual([]);
      await drain(1);
      expect(receiver.accepted(tenantId)).toMatchObject([
        { payload: 1, attempt: 2, deliveryId: hung.calls[0]?.deliveryId },
        { payload: 2, attempt: 1 },
      ]);
      answer.resolve();
      await lost;
      expect(await states(tenantId)).toEqual(["delivered", "delivered"]);
    });

    test("what takes its worker with it every time ends in the dead letter", async () => {
      const { tenantId, receiver, drain } = await start();
      await emit(tenantId, "deadly", { key: "a" });
      await emit(tenantId, "after", { key: "a" });
      await world().database.admin("update extension_delivery set attempts = $2 where tenant_id = $1", [
        tenantId,
        ATTEMPTS,
      ]);
      await emit(tenantId, "later", { key: "a" });
      await drain();
      expect(payloads(receiver.accepted(tenantId))).toEqual(["later"]);
      expect(await states(tenantId)).toEqual([
        "dead too_many_attempts",
        "dead too_many_attempts",
        "delivered",
      ]);
    });

    test("a call that never ends is aborted and counts as failed; one that rejects does too", async () => {
      const { tenantId } = await subscribed();
      const aborted = Promise.withResolvers<void>();
      const worker = world().registry.createDeliveryWorker({
        invoker: {
          invoke(trigger, { signal }) {
            if (trigger.attempt > 1) return Promise.reject(new Error("no runner"));
            signal.addEventListener("abort", () => aborted.resolve());
            return new Promise(() => undefined);
          },
        },
        timeoutMs: 20,
        leaseMs: LEASE,
        retry: { maxAttempts: 2 },
      });
      await emit(tenantId, 1);
      await worker.drain();
      await aborted.promise;
      expect((await events().deliveries({ tenantId })).items).toMatchObject([
        { state: "pending", lastError: expect.stringMatching(/^deadline_exceeded/) },
      ]);
      world().clock.now += HOUR;
      await worker.drain();
      expect((await events().deadLetters({ tenantId })).items).toMatchObject([
        { attempts: 2, lastError: expect.stringMatching(/^invoke_failed/) },
      ]);
    });

    test("the janitor forgets what ended a week ago, and never what is owed or dead", async () => {
      const { tenantId, receiver, drain } = await start();
      const DAY = 24 * HOUR;
      const sweep = async () => (await world().registry.maintenance.sweep()).delivered;
      await drain();
      world().clock.now += 8 * DAY;
      await sweep();
      receiver.answer(({ payload }) =>
        payload === "poison" ? { ok: false, code: "no", message: "", retryable: false } : { ok: true },
      );
      await emit(tenantId, "done", { id: "done" });
      await emit(tenantId, "poison", { id: "poison" });
      await events().emit({ tenantId, topic: "unheard", payload: 1 });
      await drain();
      const { subscriptionId } = await subscriptionOf(tenantId, "invoice.paid");
      await events().pause({ tenantId, subscriptionId });
      const held = await events().emit({ tenantId, topic: "invoice.paid", payload: "held" });
      await drain();
      world().clock.now += 7 * DAY;
      expect(await sweep()).toEqual({ deliveries: 0, events: 0, expired: 0 });
      world().clock.now += 1;
      expect(await sweep()).toEqual({ deliveries: 1, events: 2, expired: 0 });
      expect(await states(tenantId)).toEqual(["dead refused", "pending"]);
      expect(await emit(tenantId, "done", { id: "done" })).toMatchObject({ created: true });
      world().clock.now += 24 * DAY;
      expect(await sweep()).toMatchObject({ expired: 1 });
      await drain();
      const { items } = await events().deadLetters({ tenantId, sourceId: subscriptionId });
      expect(items).toMatchObject([{ eventId: held.eventId, reason: "held_too_long", payload: "held" }]);
      await events().resume({ tenantId, subscriptionId });
      await events().replay({ tenantId, sourceId: subscriptionId });
      await drain();
      expect(payloads(receiver.accepted(tenantId))).toEqual(["done", "done", "held"]);
    });

    test("a tenant with much to deliver keeps nobody else waiting", async () => {
      const [busy, other, third] = [await start(), await start(), await start()];
      for (let n = 0; n < 40; n += 1) await emit(busy.tenantId, n);
      world().clock.now += 1_000;
      for (const { tenantId } of [other, third]) for (let n = 0; n < 3; n += 1) await emit(tenantId, n);
      const receiver = createReceiver();
      await workerOf(receiver).drain();
      const lastOf = (tenantId: string) => receiver.calls.findLastIndex((call) => call.tenantId === tenantId);
      expect(receiver.accepted(busy.tenantId)).toHaveLength(40);
      expect(Math.max(lastOf(other.tenantId), lastOf(third.tenantId))).toBeLessThan(25);
    });

    test("a worker listens, is woken by a commit and by a retry, and stops", async () => {
      const { tenantId } = await subscribed();
      const bell = createBell();
      const registry = await world().reopen({ deliveryQueue: bell.queue });
      const receiver = createReceiver();
      const worker = registry.createDeliveryWorker({
        invoker: receiver.invoker,
        retry: { baseMs: 1_000 },
        random: () => 1,
      });
      expect(bell.isHeard()).toBe(false);
      await worker.start();
      await worker.start();
      expect(bell.isHeard()).toBe(true);
      receiver.answer(({ attempt }) => (attempt === 1 ? PASSING_FAILURE : { ok: true }));
      await registry.events.emit({ tenantId, topic: "ticket.created", payload: 1 });
      await worker.drain();
      expect(bell.alarms).toContain(world().clock.now + 1_000);
      world().clock.now += 1_000;
      await bell.queue.wake();
      await worker.drain();
      expect(receiver.accepted(tenantId)).toHaveLength(1);
      await worker.stop();
      expect(bell.isHeard()).toBe(false);
      await registry.events.emit({ tenantId, topic: "ticket.created", payload: 3 });
      await worker.drain();
      expect(receiver.accepted(tenantId)).toHaveLength(1);
    });

    test("a queue that hangs or fails costs a worker nothing but the wake-up", async () => {
      const { tenantId } = await subscribed();
      const receiver = createReceiver();
      const registry = await world().reopen({
        deliveryQueue: {
          wake: (at) =>
            at === undefined ? Promise.reject(new Error("no queue")) : new Promise(() => undefined),
          listen: () => Promise.reject(new Error("no queue")),
        },
      });
      const worker = registry.createDeliveryWorker({
        invoker: receiver.invoker,
        concurrency: 2,
        retry: { baseMs: 1_000 },
      });
      receiver.answer(({ attempt }) => (attempt === 1 ? PASSING_FAILURE : { ok: true }));
      for (let n = 0; n < 5; n += 1)
        await registry.events.emit({ tenantId, topic: "ticket.created", payload: n });
      await worker.drain();
      world().clock.now += 1_000;
      await worker.drain();
      expect(receiver.accepted(tenantId)).toHaveLength(5);
      await expect(worker.start()).rejects.toThrow();
      await worker.stop();
      expect(() => registry.createDeliveryWorker({ invoker: receiver.invoker, leaseMs: 1 })).toThrow(
        TypeError,
      );
      expect(() => registry.createDeliveryWorker({ invoker: receiver.invoker, concurrency: 0 })).toThrow(
        TypeError,
      );
    });

    test("several workers deliver each once, and in order", async () => {
      const { tenantId, receiver } = await start();
      const workers = Array.from({ length: 3 }, () => workerOf(receiver));
      const keys = ["a", "b", "c", "d"];
      for (let n = 0; n < 40; n += 1) await emit(tenantId, n, { key: keys[n % keys.length] ?? "a" });
      await Promise.all(workers.map((worker) => worker.drain()));
      const got = receiver.accepted(tenantId);
      expect(got).toHaveLength(40);
      for (const key of keys) {
        const ofKey = got.flatMap((one) => (one.kind === "event" && one.key === key ? [one.payload] : []));
        expect(ofKey).toEqual(ofKey.toSorted((a, b) => Number(a) - Number(b)));
      }
      await Promise.all(workers.map((worker) => worker.stop()));
    });

    test("lists come in pages that lose and repeat nothing while rows are added", async () => {
      const { tenantId, drain } = await start();
      for (let n = 0; n < 7; n += 1) await emit(tenantId, n);
      await drain();
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<ReturnType<typeof events>["deliveries"]>> = await events().deliveries({
          tenantId,
          limit: 3,
          ...(cursor === null ? {} : { cursor }),
        });
        seen.push(...page.items.map(({ deliveryId }) => deliveryId));
        cursor = page.nextCursor;
        await emit(tenantId, "more");
      } while (cursor !== null);
      expect(new Set(seen).size).toBe(7);
      expect(seen).toHaveLength(7);
      const { subscriptionId: sourceId } = await subscriptionOf(tenantId, "invoice.paid");
      expect((await events().deliveries({ tenantId, sourceId })).items).toEqual([]);
      expect((await events().deliveries({ tenantId, state: "delivered" })).items).toHaveLength(7);
      const other = Buffer.from(JSON.stringify(["other", "1"])).toString("base64url");
      for (const query of [{ limit: 0 }, { cursor: other }, { sourceId: "x" }]) {
        expect((await refusalOf(events().deliveries({ tenantId, ...query }))).code).toBe("invalid_request");
      }
      await drain();
    });

    test.each([
      ["a topic with a space", { topic: "a b" }],
      ["no topic", { topic: "" }],
      ["a long topic", { topic: "t".repeat(EVENT_LIMITS.topicLength + 1) }],
      ["an empty id", { id: "" }],
      ["a NUL in the id", { id: "a\0" }],
      ["half a surrogate pair in the key", { key: "\ud800" }],
      ["a long key", { key: "k".repeat(EVENT_LIMITS.keyLength + 1) }],
      ["a long payload", { payload: "p".repeat(EVENT_LIMITS.payloadLength) }],
    ])("refuses %s and writes nothing", async (_, wrong) => {
      const { tenantId } = await subscribed();
      const request = { tenantId, topic: "ticket.created", payload: 1, ...wrong };
      expect((await refusalOf(events().emit(request))).code).toBe("invalid_request");
      expect((await events().deliveries({ tenantId })).items).toEqual([]);
    });

    test("dead letters are named by id, at most so many", async () => {
      const tenantId = newTenant();
      const deliveryIds = Array.from({ length: EVENT_LIMITS.perCall + 1 }, () => randomUUID());
      for (const selection of [{ deliveryIds }, { deliveryIds: ["x"] }, { sourceId: "x" }]) {
        expect((await refusalOf(events().replay({ tenantId, ...selection }))).code).toBe("invalid_request");
        expect((await refusalOf(events().discard({ tenantId, ...selection }))).code).toBe("invalid_request");
      }
      expect(await events().replay({ tenantId, deliveryIds: [] })).toBe(0);
    });

    test("whatever happens in between, everything is delivered in order once all is well again", async () => {
      const install = await subscribed();
      const { registryId, version } = install;
      const step = fc.oneof(
        fc.record({ do: fc.constant("emit" as const), key: fc.constantFrom("a", "b", null) }),
        fc.record({ do: fc.constantFrom("pause", "resume", "disable", "enable", "drain", "replay") }),
        fc.record({ do: fc.constant("fail" as const), times: fc.integer({ min: 0, max: 6 }) }),
        fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const tenantId = newTenant();
          await world().registry.install({
            tenantId,
            registryId,
            version,
            grants: "declared",
            actor: "admin",
          });
          const { subscriptionId } = await subscriptionOf(tenantId);
          const receiver = createReceiver();
          const worker = workerOf(receiver);
          let failures = 0;
          receiver.answer((trigger) => {
            if (trigger.tenantId !== tenantId || failures === 0) return { ok: true };
            failures -= 1;
            return PASSING_FAILURE;
          });
          const emitted: { key: string | null; n: number }[] = [];
          let isBuried = false;
          for (const one of steps) {
            if (one.do === "emit" && "key" in one) {
              const n = emitted.length;
              emitted.push({ key: one.key, n });
              await emit(tenantId, n, one.key === null ? {} : { key: one.key });
            } else if (one.do === "fail" && "times" in one) failures = one.times;
            else if (one.do === "wait" && "ms" in one) world().clock.now += one.ms;
            else if (one.do === "pause") await events().pause({ tenantId, subscriptionId });
            else if (one.do === "resume") await events().resume({ tenantId, subscriptionId });
            else if (one.do === "drain") await worker.drain();
            else if (one.do === "replay") await events().replay({ tenantId, sourceId: subscriptionId });
            else await world().registry.setEnabled({ tenantId, registryId, enabled: one.do === "enable" });
            isBuried ||= (await events().deadLetters({ tenantId })).items.length > 0;
          }
          failures = 0;
          await world().registry.setEnabled({ tenantId, registryId, enabled: true });
          await events().resume({ tenantId, subscriptionId });
          world().clock.now += HOUR;
          await worker.drain();
          await events().replay({ tenantId, sourceId: subscriptionId });
          await worker.drain();
          const got = receiver.accepted(tenantId);
          expect(payloads(got).toSorted((a, b) => Number(a) - Number(b))).toEqual(emitted.map(({ n }) => n));
          if (isBuried) return;
          for (const key of ["a", "b"]) {
            const ofKey = got.flatMap((one) =>
              one.kind === "event" && one.key === key ? [one.payload] : [],
            );
            expect(ofKey).toEqual(emitted.flatMap((one) => (one.key === key ? [one.n] : [])));
          }
        }),
        { numRuns: 40 },
      );
    }, 120_000);
  });
}
