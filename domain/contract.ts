/**
 * The shape of an input contract: one kind of row, its columns, key and partition, and how its files are recognized and read.
 * `contracts/` declares them as YAML; `catalog/` reads them.
 */

/**
 * The type of a cell:
 *
 * - `int64`: a 64-bit integer
 * - `text`: any text; white space is a value, the empty text is none
 * - `money`: a decimal(18,4) in the shop's currency
 * - `decimal(p,s)`: p digits, s of them after the point; p is at most 38
 * - `double`: a 64-bit floating-point number, finite
 * - `boolean`
 * - `timestamp`: an instant in UTC with microseconds
 * - `date`: a calendar day without a time zone
 * - `json`: one JSON value, stored as its text
 */
export type ColumnType =
  | 'int64'
  | 'text'
  | 'money'
  | DecimalType
  | 'double'
  | 'boolean'
  | 'timestamp'
  | 'date'
  | 'json';

export type DecimalType = `decimal(${number},${number})`;

export const isDecimal = (type: string): type is DecimalType => type.startsWith('decimal(');

/** How values are written, declared where the values alone do not say it. */
export interface Notation {
  /** The order of numeric dates such as 9/10/2025. Undeclared, they are refused. */
  readonly dateOrder?: 'dmy' | 'mdy' | 'ymd';
  /** The first year of the century that two-digit years are in: 1970 reads 69 as 2069. Undeclared, they are refused. */
  readonly twoDigitYears?: number;
  /** The IANA time zone of times without an offset. Default UTC. */
  readonly zone?: string;
  /** Which of the two hours a local time is in when clocks go back. Undeclared, such times are refused. */
  readonly repeatedHour?: 'first' | 'second';
  /** Offsets of time zone abbreviations, such as `CET: "+01:00"`. Others than Z, UTC and GMT are refused. */
  readonly abbreviations?: Readonly<Record<string, string>>;
  /** The unit of times that are numbers since 1970. */
  readonly epoch?: 'seconds' | 'milliseconds' | 'microseconds';
  /** The date system of times that are Excel's serial numbers. */
  readonly excelSerial?: 1900 | 1904;
  /** The decimal separator. Undeclared, `1,234` is refused. */
  readonly decimal?: '.' | ',';
  /** The ISO 4217 code of the amounts. Default the shop's currency. */
  readonly currency?: string;
  /** Leading zeros of whole numbers mean nothing. Undeclared, an id such as 007 is refused: declare it as text or this. */
  readonly leadingZeros?: 'drop';
}

/** How the bytes of a text file become rows, declared where the file alone does not say it. */
export interface ReadOptions {
  /** A label of the WHATWG Encoding Standard, such as `windows-1252` or `utf-16le`. Default UTF-8, or UTF-16 with its mark. */
  readonly encoding?: string;
  readonly delimiter?: ',' | ';' | '\t' | '|';
  /** `none`: a quote is a character like any other. */
  readonly quote?: 'none';
  /** The character that escapes a quote inside quotes. Default a second quote. */
  readonly escape?: '\\';
  /** The column names of files without a header. */
  readonly header?: readonly string[];
  /** Physical lines above the header. */
  readonly skipRows?: number;
  /** Lines that start with this text are left out. */
  readonly comment?: string;
  /** Rows at the end of the file that are no data, such as a line of totals. */
  readonly footer?: number;
  /** `fill`: cells that a row lacks at its end are empty. Undeclared, such a row is bad. */
  readonly shortRows?: 'fill';
  /** `remove`: NUL bytes are left out. Undeclared, the file is refused. */
  readonly nul?: 'remove';
}

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** A row without a value in this column is rejected, and so is a file without this column. */
  readonly required: boolean;
  /** Other names of the column in files. */
  readonly aliases?: readonly string[];
  /** Overrides the contract's notation. */
  readonly notation?: Notation;
  /** Its values are replaced by a keyed hash before they leave validate. The column is text. */
  readonly pseudonymize?: boolean;
  readonly description?: string;
}

/** The notation of a column: its own, completed by that of its contract. */
export const columnNotation = ({ notation }: Column, contract: Pick<FileContract, 'notation'>): Notation => ({
  ...contract.notation,
  ...notation,
});

/** The column that is true in a row that deletes its key, in files, in validated rows and in the tables below staging/. */
export const DELETED_COLUMN = '_deleted';

/** The column that holds the unknown columns of a file as JSON, if the contract keeps them. */
export const EXTRA_COLUMN = '_extra';

/** The rows whose cell in a column is one of these texts, compared without case and surrounding white space. */
export interface RowCondition {
  readonly column: string;
  readonly values: readonly string[];
}

/**
 * How events become rows of a kind, in whatever form they are sent. Names are compared by letters and digits; the names of the
 * columns are those of the properties of an event, with their aliases.
 */
export interface EventForms {
  /** The kind of the items of events. */
  readonly items: string;
  /** The vocabulary: names of events, and other names for them. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** What a name stands for in an event without a product. */
  readonly withoutProduct?: Readonly<Record<string, string>>;
  /** Properties that name the event where no column of the name does, and those that say more about that. */
  readonly type?: readonly string[];
  readonly subtype?: readonly string[];
  /** Properties that name an event only if nothing else does, as they can be the name of something else. */
  readonly weakNames?: readonly string[];
  /** The names of events by a word of their Kafka topic, where an event has none. */
  readonly topics?: Readonly<Record<string, string>>;
  /** Properties that only group others. */
  readonly containers: readonly string[];
  /** Properties with the items. */
  readonly lists: readonly string[];
  /** By column of the items: properties of an event that has no list of items but is about one product. */
  readonly product: Readonly<Record<string, readonly string[]>>;
  /** Properties that are not stored, such as addresses of visitors. */
  readonly leaveOut?: readonly string[];
}

/** How the files of a contract or a source are recognized and read. */
export interface FileContract {
  readonly description?: string;
  readonly columns: readonly Column[];
  /** Patterns of file names with `*`, in any folder, case-insensitive. */
  readonly match?: { readonly names: readonly string[] };
  readonly read?: ReadOptions;
  /** For all columns that do not override it. */
  readonly notation?: Notation;
}

/** True if values of these columns are replaced. No message quotes a cell of such a file, as any cell can have slipped. */
export const pseudonymizes = ({ columns }: Pick<FileContract, 'columns'>): boolean =>
  columns.some(({ pseudonymize }) => pseudonymize);

export interface Contract extends FileContract {
  /** Names the staging table, and the kind in results, ledger and console. */
  readonly kind: string;
  /** The columns that identify a row. */
  readonly key: readonly string[];
  /**
   * `value`: a partition per value of a text column; `month`, `day`: one per month or day (UTC) of a timestamp or date. By day,
   * the day of a key never changes, and a key is looked up among the rows of its day only; a row whose boolean column
   * `uncertain` is true, also among those of the day before and after.
   */
  readonly partition: {
    readonly by: 'value' | 'month' | 'day';
    readonly of: string;
    readonly uncertain?: string;
  };
  /** The column that orders the versions of a row, before the upload time. */
  readonly version?: string;
  /** The column that orders the versions of a row that come from the same line of the same upload, as replays give them. */
  readonly revision?: string;
  /** Keeps every version of a row in `staging/<kind>_history`. */
  readonly history?: boolean;
  /** Rows that delete their key. A file can always do this in a column `_deleted`. */
  readonly deleted?: RowCondition;
  /** Rows that are left out without being bad. */
  readonly leaveOut?: readonly RowCondition[];
  /** `keep`: unknown columns are kept as JSON in the column `_extra`. */
  readonly extra?: 'keep';
  /**
   * The column with the number of pieces, and the column of the price, which is of one piece or of the whole line. A row without a
   * number is one piece. If the price is undeclared, a file with a number above 1 is refused.
   */
  readonly quantity?: { readonly column: string; readonly of: string; readonly price?: 'unit' | 'line' };
  /** By it, the rows of a source are checked, which declares a notation for all columns only. */
  readonly isOfSource?: true;
  /** The rows are made from events, in files and from the entry points. */
  readonly events?: EventForms;
}

/** Files with other rows than a kind has, mapped to kinds by SQL. */
export interface Source extends FileContract {
  /** Names the source in results, ledger and console. */
  readonly name: string;
  /** By kind: the SQL that makes its rows. */
  readonly maps: Readonly<Record<string, string>>;
  /** Fills values that are only on the first row of a group, before any row is left out. */
  readonly fillDown?: { readonly by: string; readonly columns: readonly string[] };
  /** The column whose rows are loaded together or not at all. Default: the one that values are filled down by. */
  readonly group?: string;
}
