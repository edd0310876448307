import type { TaskLogger } from '../../runtime/logger';

export const silentLogger: TaskLogger = { info() {}, warn() {}, error() {} };
