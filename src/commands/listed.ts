/** The verbs that the help of `path`, the words of a command, lists; none where it takes no verb. */
export function listedVerbs(help: string, path: readonly string[] = []): readonly string[] {
  const before = ["paraform", ...path].join(" ");
  return listedIn(help, new RegExp(`^ {2}${before} ([\\w-]+)`, "gm"));
}

/** The options that a help lists, with their dashes. */
export function listedOptions(help: string): readonly string[] {
  return listedIn(help, /^ +(?:-\w, )?(--[\w-]+)/gm);
}

/** What the help says that an option takes, or the one argument. */
export function listedChoices(help: string, flag?: string): readonly string[] {
  const [usage, options = ""] = help.split(/^Options:$/m);
  const entries = options.split(/^ +(?:-\w, )?(?=--)/m);
  const entry = flag === undefined ? usage : entries.find((text) => text.startsWith(`${flag} `));
  return listedIn(/\[choices: ([^\]]*)\]/.exec(entry ?? "")?.[1] ?? "", /"([^"]*)"/g);
}

function listedIn(help: string, item: RegExp): readonly string[] {
  return [...help.matchAll(item)].flatMap(([, name]) => name ?? []);
}
