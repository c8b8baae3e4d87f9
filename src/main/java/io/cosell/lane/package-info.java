/**
 * Lanes: the serial queue of each link, on db-scheduler, and what becomes of a lane whose route failed.
 */
package io.cosell.lane;
