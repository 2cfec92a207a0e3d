import { expect, it } from "vitest";
import { matchEndpoint } from "./match-endpoint.ts";

it("matches as the compiled matcher does, for every list on its own", () => {
  const one = [
    { method: "GET", path: "/agreements/:id" },
    { method: "GET", path: "/agreements/new" },
  ];
  const other = [{ method: "POST", path: "/agreements/:id" }];
  for (let round = 0; round < 2; round++) {
    expect(matchEndpoint(one, "GET", "/agreements/new")?.endpoint).toBe(one[0]);
    expect(matchEndpoint(one, "HEAD", "agreements/7/")?.params["id"]).toBe("7");
    expect(matchEndpoint(one, "POST", "/agreements/7")).toBeNull();
    expect(matchEndpoint(other, "POST", "/agreements/7")?.endpoint).toBe(other[0]);
  }
});
