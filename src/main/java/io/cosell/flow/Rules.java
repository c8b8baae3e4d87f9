package io.cosell.flow;

import io.cosell.plan.Policy;

/**
 * What the two sides of a deal are compared under: the policy, and the version of the mappings. Both are replaced as one, while no lane
 * runs.
 */
public final class Rules {

    private record Current(Policy policy, String mappingVersion) {
    }

    private volatile Current current;

    /**
     * @param policy         the rules of mappings/fields.yaml
     * @param mappingVersion a short digest of the mappings, and of the settings that they name
     */
    public Rules(Policy policy, String mappingVersion) {
        current = new Current(policy, mappingVersion);
    }

    /** The rules of mappings/fields.yaml. */
    public Policy policy() {
        return current.policy();
    }

    /** A short digest of the mappings, and of the settings that they name. */
    public String mappingVersion() {
        return current.mappingVersion();
    }

    /** From now on both are these. */
    public void replace(Policy policy, String mappingVersion) {
        current = new Current(policy, mappingVersion);
    }
}
