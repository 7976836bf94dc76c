/** The first `depth` segments of a name, of a short one all but its last. */
export function folderOf(address: string, depth = 2): string {
  const segments = address.split("/").slice(1, -1).slice(0, depth);
  return `/${segments.join("/")}`;
}
