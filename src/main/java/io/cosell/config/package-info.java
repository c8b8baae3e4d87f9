/** What an integrator edits, read and checked: settings, routes and mappings. Knows no field and no system by name. */
package io.cosell.config;
