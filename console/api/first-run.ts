/** Types of the guided first run. */

export type { RemovedSample, SampleState } from '../../operations/sample/views';
