/**
 * Cleaning rules that SQL and TypeScript share.
 */

/** The characters that trimming removes: white space as in ECMAScript's String.prototype.trim, including the byte order mark. */
export const BLANKS =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';

/** Maximum length of a category in characters: it is a key in DynamoDB, which allows 2,048 bytes. */
export const CATEGORY_LENGTH = 500;
