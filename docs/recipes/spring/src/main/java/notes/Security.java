package notes;

import java.io.IOException;
import java.net.URI;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.web.BearerTokenAuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.web.filter.OncePerRequestFilter;

@Configuration
@EnableMethodSecurity
class Security {

	private final String issuer;

	private final URI resource;

	Security(@Value("${notes.issuer}") String issuer, @Value("${notes.resource}") URI resource) {
		this.issuer = issuer;
		this.resource = resource;
	}

	/** Not the one of issuer-uri: that refuses at+jwt, and takes every audience. */
	@Bean
	JwtDecoder accessTokens() {
		NimbusJwtDecoder decoder = NimbusJwtDecoder.withIssuerLocation(issuer)
			.jwsAlgorithm(SignatureAlgorithm.ES256)
			.build();
		decoder.setJwtValidator(
				JwtValidators.createAtJwtValidator().issuer(issuer).audience(resource.toString()).build());
		return decoder;
	}

	@Bean
	SecurityFilterChain endpoint(HttpSecurity http) throws Exception {
		BearerTokenAuthenticationEntryPoint challenge = new BearerTokenAuthenticationEntryPoint();
		challenge.setResourceMetadataParameterResolver(
				request -> resource.resolve("/.well-known/oauth-protected-resource" + resource.getPath()).toString());
		return http
			.authorizeHttpRequests(requests -> requests.requestMatchers(resource.getPath())
				.hasAuthority("SCOPE_notes:read")
				.anyRequest()
				.denyAll())
			.oauth2ResourceServer(server -> server.jwt(jwt -> jwt.decoder(accessTokens()))
				.authenticationEntryPoint(challenge)
				.protectedResourceMetadata(
						metadata -> metadata.protectedResourceMetadataCustomizer(claims -> claims
							.resource(resource.toString())
							.authorizationServer(issuer)
							.scope("notes:read")
							.scope("notes:write")
							.resourceName("Notes")
							.tlsClientCertificateBoundAccessTokens(false))))
			// There are no cookies, so there is nothing to forge a request with, and nothing to remember.
			.csrf(csrf -> csrf.disable())
			.sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.addFilterBefore(new RefuseStrangers(resource), HeaderWriterFilter.class)
			.build();
	}

	/** Compared whole, and at the endpoint alone: metadata is for pages of any origin. */
	static class RefuseStrangers extends OncePerRequestFilter {

		private final URI resource;

		private final String origin;

		RefuseStrangers(URI resource) {
			this.resource = resource;
			this.origin = resource.getScheme() + "://" + resource.getAuthority();
		}

		@Override
		protected boolean shouldNotFilter(HttpServletRequest request) {
			return !request.getRequestURI().equals(resource.getPath());
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			String from = request.getHeader("Origin");
			boolean isFriend = resource.getAuthority().equals(request.getHeader("Host"))
					&& (from == null || from.equals(origin));
			if (isFriend) {
				chain.doFilter(request, response);
			}
			else {
				response.setStatus(HttpServletResponse.SC_FORBIDDEN);
			}
		}

	}

}
