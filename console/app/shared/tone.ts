/** A status, shown by colour, sign and text so that none of them is needed alone. */
export type Tone = 'good' | 'bad' | 'busy' | 'warn' | 'quiet';
