/**
 * The beans that routes call: what YAML, JOLT and jq can't say well. Each is small and, where it can be, pure. They know fields of a
 * referral only by the policy in mappings/fields.yaml and no field of any CRM.
 */
package io.cosell.flow;
