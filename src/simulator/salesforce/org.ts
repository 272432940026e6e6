import type { Clock } from "../../platform/clock.ts";
import type {
  ApiCall,
  Complaint,
  Happening,
  Pop,
  Problem,
  SfUser,
  TaskChange,
  TaskView,
  Way,
} from "./contract.ts";
import { KnownCalls, twoTasks } from "./judge.ts";
import { type ObjectName } from "./records/ids.ts";
import { type Breach, checkFields, leadBreach } from "./records/rules.ts";
import { searchMatches } from "./records/search.ts";
import type { Fields } from "./records/schema.ts";
import type { SearchScope } from "./records/sosl.ts";
import { Store, type Stored } from "./records/store.ts";
import { notFound, refused, SfError } from "./sf-error.ts";
import { changeText, popText } from "./telling.ts";

/** Who does something, and how. */
export interface Actor {
  user: SfUser;
  way: Way;
  /** Their connection will be cut before the answer. */
  answerLost: boolean;
}

/** The org as its users and its judge see it: records, and everything that was called, popped and complained of. What it hands out are copies. */
export class Org {
  readonly store: Store;
  readonly users: readonly SfUser[];
  readonly #clock: Clock;
  readonly #calls: ApiCall[] = [];
  readonly #complaints: Complaint[] = [];
  readonly #pops: Pop[] = [];
  readonly #histories = new Map<string, TaskChange[]>();
  readonly #known = new KnownCalls();
  readonly #watchers = new Set<(happening: Happening | undefined) => void>();

  constructor(clock: Clock, users: readonly SfUser[], schema: Record<ObjectName, Fields>) {
    this.#clock = clock;
    this.users = users;
    this.store = new Store(schema, () => this.now());
    for (const user of users) this.store.addUser(user);
  }

  /** ISO 8601 as Salesforce writes it. */
  now(): string {
    return new Date(this.#clock.now()).toISOString().replace("Z", "+0000");
  }

  userNamed(username: string): SfUser | undefined {
    return this.users.find((each) => each.username.toLowerCase() === username.toLowerCase());
  }

  /** Makes a record; answers its id. Throws SfError for what breaks the field rules, after the judge has heard of it. */
  create(object: ObjectName, given: Record<string, unknown>, actor: Actor): string {
    const fields = this.#checked(object, given, "create", {}, actor);
    const record = this.store.create(object, fields, actor.user.id);
    this.#changed(record, "created", fields, actor);
    return record.id;
  }

  /** Changes a record. Throws SfError: no such record, or a breach of the field rules. */
  update(id: string, given: Record<string, unknown>, actor: Actor): void {
    const record = this.store.get(id);
    if (record === undefined || record.object === "User") throw notFound();
    const fields = this.#checked(record.object, given, "update", record.fields, actor);
    this.store.update(record, fields, actor.user.id);
    this.#changed(record, "updated", fields, actor);
  }

  delete(id: string, actor: Actor): void {
    const record = this.store.get(id);
    if (record === undefined || record.object === "User") throw notFound();
    this.store.delete(id);
    this.#changed(record, "deleted", {}, actor);
  }

  /** Does all of `work`, or nothing of it when it throws. */
  together<Value>(work: () => Value): Value {
    const before = this.store.snapshot();
    const histories = new Map([...this.#histories].map(([id, changes]) => [id, [...changes]]));
    try {
      return work();
    } catch (thrown) {
      this.store.restore(before);
      this.#histories.clear();
      for (const [id, changes] of histories) this.#histories.set(id, changes);
      throw thrown;
    }
  }

  /** Records of the given objects that a search finds, in the order of the objects. */
  search(term: string, scope: SearchScope, objects: readonly ObjectName[]): Stored[] {
    return objects.flatMap((object) =>
      this.store
        .all(object)
        .filter((record) => searchMatches(record, this.store.fieldsOf(object), term, scope)),
    );
  }

  /** The object of that name. Throws INVALID_TYPE. */
  objectNamed(name: string): ObjectName {
    const object = this.store.objectNamed(name);
    if (object !== undefined) return object;
    throw refused(400, "INVALID_TYPE", `sObject type '${name}' is not supported.`);
  }

  recordCall(call: Omit<ApiCall, "at">, at = this.#iso()): void {
    this.#calls.push({ at, ...call });
    this.#tell();
  }

  /** A record came up on a page, or was searched for in vain. */
  popped(given: Omit<Pop, "at">, phones: readonly string[]): void {
    const pop: Pop = { at: this.#iso(), ...given };
    this.#pops.push(pop);
    this.tell({ type: "pop", user: pop.user, text: popText(pop) });
    const problem = this.#known.judge(pop, phones);
    if (problem !== undefined) this.complain(problem, "open-cti", pop.user);
  }

  callBegan(number: string): void {
    this.#known.began(number);
  }

  callEnded(number: string): void {
    this.#known.ended(number);
  }

  complain({ kind, text, record }: Problem, way: Way, user: string | null): void {
    this.#complaints.push({
      at: this.#iso(),
      kind,
      text,
      way,
      user,
      ...(record !== undefined && { record }),
    });
    this.tell({ type: "complaint", user: user ?? "-", text: `COMPLAINT  ${text}` });
  }

  tell(happening: Happening): void {
    this.#tell(happening);
  }

  /** Calls `watcher` after each change, with what a person would be told of it, if anything; the returned function ends that. */
  watch(watcher: (happening: Happening | undefined) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Everything that was called, in the order of the answers. */
  calls(): ApiCall[] {
    return structuredClone(this.#calls);
  }

  complaints(): Complaint[] {
    return structuredClone(this.#complaints);
  }

  pops(): Pop[] {
    return structuredClone(this.#pops);
  }

  /** The Tasks that there are, in the order in which they were made. */
  tasks(): TaskView[] {
    return structuredClone(
      this.store
        .all("Task")
        .map(({ id, fields }) => ({ id, fields, history: this.#histories.get(id) ?? [] })),
    );
  }

  #checked(
    object: ObjectName,
    given: Record<string, unknown>,
    mode: "create" | "update",
    before: Record<string, unknown>,
    actor: Actor,
  ): Record<string, unknown> {
    const options = {
      object,
      fields: this.store.fieldsOf(object),
      mode,
      exists: (id: string) => this.store.get(id) !== undefined,
    };
    const { fields, breaches } = checkFields(given, options);
    const whole = object === "Task" ? leadBreach({ ...before, ...fields }) : undefined;
    const all: Breach[] = whole === undefined ? breaches : [...breaches, whole];
    for (const { problem } of all) this.complain(problem, actor.way, actor.user.username);
    if (all.length > 0) throw new SfError(400, ...all.map(({ error }) => error));
    return fields;
  }

  #changed(record: Stored, what: TaskChange["what"], fields: Record<string, unknown>, actor: Actor): void {
    const { user, way, answerLost } = actor;
    const isTask = record.object === "Task";
    if (isTask) {
      const history = this.#histories.get(record.id) ?? [];
      const change: TaskChange = { at: this.#iso(), what, way, user: user.username, fields };
      history.push({ ...change, ...(answerLost && { answerLost }) });
      this.#histories.set(record.id, history);
    }
    this.tell({ type: isTask ? "task" : "record", user: user.username, text: changeText(record, what, way) });
    if (!isTask || what === "deleted" || !("CallObject" in fields)) return;
    const problem = twoTasks(record, this.store.all("Task"));
    if (problem !== undefined) this.complain(problem, way, user.username);
  }

  #iso(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  #tell(happening?: Happening): void {
    for (const watcher of [...this.#watchers]) watcher(happening);
  }
}
