import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { chainHash } from "../releases/chain-hash.ts";
import { installNew, type World } from "./kit/world.ts";

/** An event as it lies in the table. */
interface Row {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly actor: string;
  readonly payload: string;
  readonly prev_hash: string;
  readonly hash: string;
}

/** The event at an index. */
function at(rows: readonly Row[], index: number): Row {
  const row = rows[index];
  if (row === undefined) throw new RangeError(`There is no event ${index}.`);
  return row;
}

/** What the registry promises about noticing who touched its release log (R08). */
export function releaseLogContract(world: () => World): void {
  describe("release log", () => {
    /** A chain of seven events of a new tenant. */
    const newChain = async () => {
      const { tenantId, registryId } = await installNew(world());
      for (let index = 0; index < 6; index++) {
        await world().registry.setEnabled({
          tenantId,
          registryId,
          enabled: index % 2 === 1,
          actor: `a${index}`,
        });
      }
      const rows = await world().database.admin(
        "select seq, at, type, actor, payload, prev_hash, hash from release_event where tenant_id = $1 order by seq",
        [tenantId],
      );
      return { tenantId, rows: rows.map((row) => ({ ...row, seq: Number(row["seq"]) }) as Row) };
    };
    /** Replace a chain as only the owner of the tables can. */
    const rewrite = async (tenantId: string, rows: readonly Row[]) => {
      const { admin } = world().database;
      await admin("alter table release_event disable trigger release_event_frozen");
      try {
        await admin("delete from release_event where tenant_id = $1", [tenantId]);
        for (const { seq, at, type, actor, payload, prev_hash, hash } of rows) {
          await admin("insert into release_event values ($1, $2, $3, $4, $5, $6, $7, $8)", [
            tenantId,
            seq,
            at,
            type,
            actor,
            payload,
            prev_hash,
            hash,
          ]);
        }
      } finally {
        await admin("alter table release_event enable trigger release_event_frozen");
      }
    };
    const rehash = (tenantId: string, row: Row): Row => ({
      ...row,
      hash: chainHash({ ...row, tenantId, prevHash: row.prev_hash }),
    });
    const forged = { actor: "nobody" };

    test.each<
      [string, (rows: Row[], tenantId: string) => readonly Row[], { brokenAt: number; problem: string }]
    >([
      [
        "an altered payload",
        (rows) => rows.with(3, { ...at(rows, 3), payload: "{}" }),
        { brokenAt: 4, problem: "altered" },
      ],
      [
        "an altered actor",
        (rows) => rows.with(0, { ...at(rows, 0), ...forged }),
        { brokenAt: 1, problem: "altered" },
      ],
      [
        "an altered time",
        (rows) => rows.with(6, { ...at(rows, 6), at: "2020-01-01" }),
        { brokenAt: 7, problem: "altered" },
      ],
      [
        "an altered hash",
        (rows) => rows.with(2, { ...at(rows, 2), hash: "0".repeat(64) }),
        { brokenAt: 3, problem: "altered" },
      ],
      [
        "an event rewritten together with its hash",
        (rows, tenantId) => rows.with(3, rehash(tenantId, { ...at(rows, 3), ...forged })),
        { brokenAt: 4, problem: "altered" },
      ],
      [
        "a first event rewritten with its hash",
        (rows, tenantId) => rows.with(0, rehash(tenantId, { ...at(rows, 0), ...forged })),
        { brokenAt: 1, problem: "altered" },
      ],
      ["a deleted event", (rows) => rows.toSpliced(2, 1), { brokenAt: 3, problem: "missing" }],
      ["a deleted beginning", (rows) => rows.slice(2), { brokenAt: 1, problem: "missing" }],
      [
        "a deleted event, the rest moved up",
        (rows) => rows.toSpliced(2, 1).map((row, index) => ({ ...row, seq: index + 1 })),
        { brokenAt: 3, problem: "altered" },
      ],
      [
        "two events swapped",
        (rows) => rows.with(2, { ...at(rows, 3), seq: 3 }).with(3, { ...at(rows, 2), seq: 4 }),
        { brokenAt: 3, problem: "reordered" },
      ],
      [
        "an event put last",
        (rows) => [...rows.toSpliced(1, 1), { ...at(rows, 1), seq: 8 }],
        { brokenAt: 2, problem: "reordered" },
      ],
      [
        "an event put in between",
        (rows, tenantId) => [
          ...rows.slice(0, 3),
          rehash(tenantId, { ...at(rows, 3), ...forged }),
          ...rows.slice(3).map((row) => ({ ...row, seq: row.seq + 1 })),
        ],
        { brokenAt: 5, problem: "altered" },
      ],
    ])("names the first bad event and what is wrong with it: %s", async (_what, change, expected) => {
      const { tenantId, rows } = await newChain();
      expect(await world().registry.verifyReleaseLog({ tenantId })).toEqual({
        events: 7,
        brokenAt: null,
        problem: null,
        head: rows[6]?.hash,
      });
      await rewrite(tenantId, change(rows, tenantId));
      const report = await world().registry.verifyReleaseLog({ tenantId });
      expect(report).toMatchObject({ ...expected, events: expected.brokenAt - 1 });
      await rewrite(tenantId, rows);
      expect(await world().registry.verifyReleaseLog({ tenantId })).toMatchObject({ brokenAt: null });
    });

    test("a cut-off end and another history show against a head that was exported before", async () => {
      const { registry } = world();
      const { tenantId, rows } = await newChain();
      const heads = [3, 7, 5].map((seq) => ({ seq, hash: at(rows, seq - 1).hash }));
      expect(await registry.verifyReleaseLog({ tenantId, heads: [...heads, ...heads] })).toMatchObject({
        brokenAt: null,
      });
      await rewrite(tenantId, rows.slice(0, 4));
      expect(await registry.verifyReleaseLog({ tenantId })).toMatchObject({ events: 4, brokenAt: null });
      expect(await registry.verifyReleaseLog({ tenantId, heads })).toMatchObject({
        events: 4,
        brokenAt: 5,
        problem: "truncated",
      });
      await rewrite(tenantId, []);
      expect(await registry.verifyReleaseLog({ tenantId, heads })).toMatchObject({
        events: 0,
        brokenAt: 1,
        problem: "truncated",
      });
      let prev = at(rows, 2).hash;
      const fork = rows.slice(3).map((row) => {
        const other = rehash(tenantId, { ...row, ...forged, prev_hash: prev });
        prev = other.hash;
        return other;
      });
      await rewrite(tenantId, [...rows.slice(0, 3), ...fork]);
      expect(await registry.verifyReleaseLog({ tenantId })).toMatchObject({ brokenAt: null });
      expect(await registry.verifyReleaseLog({ tenantId, heads })).toMatchObject({
        events: 4,
        brokenAt: 5,
        problem: "forked",
      });
    });

    test("a chain is checked for its tenant only, and an unknown one is empty", async () => {
      const { rows } = await newChain();
      const empty = { events: 0, brokenAt: null, problem: null, head: "0".repeat(64) };
      expect(await world().registry.verifyReleaseLog({ tenantId: randomUUID() })).toEqual(empty);
      expect(rows).toHaveLength(7);
    });
  });
}
