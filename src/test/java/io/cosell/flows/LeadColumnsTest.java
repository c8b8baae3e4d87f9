package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.cosell.sandbox.dataverse.DataverseOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leads of Dynamics 365 that lack Microsoft's columns, of which it is not documented whether leads have them. */
class LeadColumnsTest {

    @Test
    void withoutMicrosoftsColumnsOnLeadsTheReasonNamesThem(@TempDir Path own) {
        try (Stage bare = Stage.open(own, PartnerCenterOptions.defaults(), DataverseOptions.defaults().withMicrosoftColumnsOnLead(false),
            Map.of())) {
            String referral = bare.offer("No columns", changes -> { });

            bare.eventually(() -> bare.link(referral).state().equals("resting"));
            bare.settled();

            assertThat(bare.link(referral).reason()).startsWith("Dynamics 365 refuses it (400).")
                .contains("msft_microsoftpartnercenterreferral");
            assertThat(bare.crm.rows("lead")).isEmpty();

            String deal = bare.deal("Deals go on", changes -> { });
            bare.eventually(() -> bare.isLinked(deal));
            bare.partnerCenter.partnerAccepts(referral);
            bare.eventually(() -> bare.isLinked(referral));
            assertThat(List.of(bare.link(referral).recordKind(), bare.link(deal).recordKind())).containsOnly("opportunity");
        }
    }

    /** What docs/adapter.md tells to do where leads have none of Microsoft's columns. */
    @Test
    void withoutMicrosoftsColumnsInTheLeadMappingLeadsTravelAllTheSame(@TempDir Path own) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("mappings"))) {
            for (Path file : files.toList()) {
                if (Files.isDirectory(file)) {
                    Files.createDirectories(own.resolve(file.toString()));
                } else {
                    Files.copy(file, own.resolve(file.toString()));
                }
            }
        }
        for (String name : List.of("lead-in.json", "lead-out.json")) {
            Path file = own.resolve("mappings/dynamics365/" + name);
            Files.write(file, Files.readAllLines(file).stream().filter(line -> !line.contains("msft_")).toList());
        }
        try (Stage bare = Stage.open(own, PartnerCenterOptions.defaults(), DataverseOptions.defaults().withMicrosoftColumnsOnLead(false),
            Map.of())) {
            String referral = bare.receivedOffer("Without columns");
            assertThat(bare.leadOf(referral)).containsEntry("subject", "✔ Without columns");
            bare.comesToRest();

            String opportunity = bare.crm.qualifyLead(bare.link(referral).recordId());
            bare.eventually(() -> "Active".equals(bare.partnerCenter.referral(referral).get("status")));
            bare.eventually(() -> bare.solutionsOf(opportunity).size() == 1);
            assertThat(bare.crm.row("opportunity", opportunity)).containsEntry("msft_microsoftpartnercenterreferralidentifier", referral);
            bare.comesToRest();
        }
    }
}
