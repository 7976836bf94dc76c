/** What an environment's other files say already: the file that an importer is about to write is not among them. */
export interface ExistingNames {
  /** Names that have a rule. */
  readonly declared: ReadonlySet<string>;
  readonly adopted: ReadonlySet<string>;
  /** Whether the environment leaves a name out of its sweep: what is ignored may not be declared. */
  readonly isIgnored: (name: string) => boolean;
}
