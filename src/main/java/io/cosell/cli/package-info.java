/** The commands of cosell.jar. They start the connector, ask it, and print; what a deal needs is in the routes. */
package io.cosell.cli;
