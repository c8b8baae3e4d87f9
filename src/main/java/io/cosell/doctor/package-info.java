/** Examines the live systems for the command {@code doctor}: reads, compares with what is configured, and says what to do. */
package io.cosell.doctor;
