package notes;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Service;

@SpringBootApplication
public class NotesApplication {

	public static void main(String[] args) {
		SpringApplication.run(NotesApplication.class, args);
	}

	@Service
	public static class Notes {

		private final List<String> notes = new CopyOnWriteArrayList<>();

		@McpTool(name = "note_list", description = "Lists the notes",
				annotations = @McpTool.McpAnnotations(readOnlyHint = true))
		public String list() {
			return String.join("\n", notes);
		}

		@PreAuthorize("hasAuthority('SCOPE_notes:write')")
		@McpTool(name = "note_add", description = "Adds a note")
		public String add(String note) {
			notes.add(note);
			return notes.size() + " notes";
		}

	}

}
