/**
 * Cleaning that SQL and TypeScript must do alike.
 */

/** What trimming takes away: white space as ECMAScript's String.prototype.trim has it, the byte order mark included. */
export const BLANKS =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';

/** A category is cut to this many characters: it is a key in DynamoDB, which takes 2,048 bytes of one. */
export const CATEGORY_LENGTH = 500;
