import type { TaskLogger } from '../../tasks/logger';

export const silentLogger: TaskLogger = { info() {}, warn() {}, error() {} };
