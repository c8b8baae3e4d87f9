package io.cosell.sandbox;

import io.cosell.sandbox.dataverse.DataverseSeller;
import io.cosell.sandbox.salesforce.SalesforceSeller;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The CRMs that have a sandbox. */
public enum Crm {

    DYNAMICS_365("dynamics365", "Dynamics 365", sandboxes -> new DataverseSeller(sandboxes.dynamics365())),
    SALESFORCE("salesforce", "Salesforce", sandboxes -> new SalesforceSeller(sandboxes.salesforce()));

    private final String setting;
    private final String title;
    private final Function<Sandboxes, CrmSeller> seller;

    Crm(String setting, String title, Function<Sandboxes, CrmSeller> seller) {
        this.setting = setting;
        this.title = title;
        this.seller = seller;
    }

    /**
     * The CRM that a value of cosell.crm names.
     *
     * @throws IllegalArgumentException if there is no sandbox of it
     */
    public static Crm of(String setting) {
        return Arrays.stream(values()).filter(crm -> crm.setting.equals(setting)).findFirst().orElseThrow(() ->
            new IllegalArgumentException("There is no sandbox of a CRM " + setting + ". There is one of " + settings() + "."));
    }

    private static List<String> settings() {
        return Arrays.stream(values()).map(Crm::setting).toList();
    }

    /** Its name in settings, folders and the call log. */
    public String setting() {
        return setting;
    }

    /** Its name for people. */
    public String title() {
        return title;
    }

    /** A seller who works in it. */
    public CrmSeller seller(Sandboxes sandboxes) {
        return seller.apply(sandboxes);
    }

    /**
     * Settings for a connector that serves this CRM of the sandboxes.
     *
     * @param folder where its store, refresh token and the trust store of the sandbox go
     */
    public Map<String, String> settings(Sandboxes sandboxes, Path folder) {
        return sandboxes.settings(folder, setting);
    }

    @Override
    public String toString() {
        return setting;
    }
}
