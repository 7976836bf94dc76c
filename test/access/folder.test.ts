import { describe, expect, it } from "vitest";
import { foldersOf } from "../../src/access/folder.ts";
import { parameterName } from "../../src/model/name.ts";

const names = (...texts: string[]) => texts.map(parameterName);

describe("the folders of names", () => {
  const known = names("/app/a/in/user", "/app/a/in/password", "/app/a/host", "/app/b/in/key");

  it("stand for all that is in them", () => {
    const wanted = names("/app/a/in/user", "/app/a/in/password", "/app/b/in/key");
    expect(foldersOf(wanted, known)).toEqual(["/app/a/in/*", "/app/b/in/key"]);
  });

  it("do not stand for more: a name that is not wanted keeps its folder from being named", () => {
    const wanted = names("/app/a/in/user", "/app/a/in/password");
    const deeper = [...known, ...names("/app/a/in/other/deep")];
    expect(foldersOf(wanted, deeper)).toEqual(["/app/a/in/password", "/app/a/in/user"]);
  });

  it("are never the root", () => {
    expect(foldersOf(names("/a", "/b"), names("/a", "/b"))).toEqual(["/a", "/b"]);
  });
});
