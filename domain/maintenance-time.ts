/** When the daily maintenance starts, in UTC. Not on the hour, when many schedules of AWS start. */
export const MAINTENANCE_TIME = '03:17';
