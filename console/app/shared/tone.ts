/** How something fares, told by colour, sign and word, so that no one of them is needed alone. */
export type Tone = 'good' | 'bad' | 'busy' | 'warn' | 'quiet';
